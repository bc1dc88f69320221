"""Layers whose units are connected to everything before them."""

from math import prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnapp.architectures.layers.activation import ActivationName, with_activation
from cnnapp.architectures.layers.base import Family, Spec, Weights
from cnnapp.errors import CnnAppError


class Dense(Spec):
    """Every unit is connected to every value of the vector before it."""

    kind: Literal["dense"] = "dense"
    units: int = Field(ge=1, le=1_000_000)
    activation: ActivationName = "linear"

    title: ClassVar[str] = "dense"
    family: ClassVar[Family] = "dense"
    keras_class: ClassVar[str] = "Dense"
    keras_defaults: ClassVar[tuple[str, ...]] = ("activation",)
    first_argument: ClassVar[str] = "units"
    has_weights: ClassVar[bool] = True
    has_kernel: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """The activation."""
        return with_activation(self.activation)

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return one value per unit."""
        if len(shape) != 1:
            raise CnnAppError(
                f"{self.name} (dense) needs a vector but receives maps of {'×'.join(map(str, shape))}: "
                "put a flatten layer before it."
            )
        return (self.units,)

    def weights(self, shape: tuple[int, ...], /) -> tuple[Weights, ...]:
        """Return the matrix and the biases."""
        return Weights((*shape, self.units)), Weights((self.units,))

    def multiply_adds(self, shape: tuple[int, ...], /) -> int:
        """Return the matrix' size."""
        return prod(self.weights(shape)[0].shape)

    @property
    def window(self) -> None:
        """None: each unit sees the whole image."""

    def random_arguments(self, seed: int, /) -> dict[str, Any]:
        """Return where the matrix begins."""
        import keras

        return {"kernel_initializer": keras.initializers.GlorotUniform(seed)}
