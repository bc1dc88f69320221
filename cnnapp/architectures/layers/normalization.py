"""Layers that bring values to a common mean and variance."""

from typing import ClassVar, Literal

from pydantic import Field

from cnnapp.architectures.layers.base import Family, Spec, Weights


class BatchNormalization(Spec):
    """Each channel to mean 0, variance 1 over the batch, then scaled and shifted (Ioffe & Szegedy 2015)."""

    kind: Literal["batch_normalization"] = "batch_normalization"
    momentum: float = Field(0.99, ge=0, lt=1)  # of the moving averages that stand for the batch once trained

    title: ClassVar[str] = "batch normalisation"
    family: ClassVar[Family] = "normalization"
    keras_class: ClassVar[str] = "BatchNormalization"
    keras_defaults: ClassVar[tuple[str, ...]] = ("momentum",)
    has_weights: ClassVar[bool] = True
    has_moving_averages: ClassVar[bool] = True

    def weights(self, shape: tuple[int, ...], /) -> tuple[Weights, ...]:
        """Return scale, shift, moving mean and moving variance."""
        learned, moving = Weights(shape[-1:]), Weights(shape[-1:], trainable=False)
        return learned, learned, moving, moving

    def limit(self, _largest: float, /) -> float:
        """Return the standard deviation, whatever came in."""
        return 1.0
