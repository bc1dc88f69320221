"""Layers that arrange the same values anew."""

from math import prod
from typing import ClassVar, Literal

from cnnapp.architectures.layers.base import Family, Spec


class Flatten(Spec):
    """All maps as one vector."""

    kind: Literal["flatten"] = "flatten"

    title: ClassVar[str] = "flatten"
    family: ClassVar[Family] = "reshaping"
    keras_class: ClassVar[str] = "Flatten"
    passes_on: ClassVar[bool] = True

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return a vector of all values."""
        return (prod(self.require_maps(shape)),)

    @property
    def window(self) -> None:
        """None: the vector as a whole sees the image."""
