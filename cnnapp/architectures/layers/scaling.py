"""Layers that bring pixels to the range that weights are made for."""

from typing import ClassVar, Literal

from pydantic import Field

from cnnapp.architectures.layers.base import Family, Spec


class Rescaling(Spec):
    """Pixels times `scale`: 0-255 becomes 0-1."""

    kind: Literal["rescaling"] = "rescaling"
    scale: float = Field(1 / 255, gt=0, le=1)

    title: ClassVar[str] = "rescaling"
    family: ClassVar[Family] = "scaling"
    keras_class: ClassVar[str] = "Rescaling"
    first_argument: ClassVar[str] = "scale"
    full_precision: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """What pixels are divided by."""
        return f"÷ {1 / self.scale:.4g}"

    def limit(self, largest: float, /) -> float:
        """Return the largest pixel, scaled."""
        return largest * self.scale

    def script_value(self, setting: str) -> str:
        """Return the usual scale as a fraction."""
        return "1 / 255" if setting == "scale" and self.scale == 1 / 255 else super().script_value(setting)
