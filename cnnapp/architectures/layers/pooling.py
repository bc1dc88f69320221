"""Layers that sum up windows of maps."""

from typing import Any, ClassVar, Literal

from cnnapp.architectures.layers.base import Family, InputTooSmallError, Side, Spec, Window


class Pooling(Spec):
    """The maximum or the average of each window of `pool_size`, side by side; pixels left over are dropped."""

    kind: Literal["pooling"] = "pooling"
    mode: Literal["max", "average"] = "max"
    pool_size: Side = 2

    title: ClassVar[str] = "pooling"
    family: ClassVar[Family] = "pooling"
    first_argument: ClassVar[str] = "pool_size"

    @property
    def words(self) -> str:
        """Window and mode."""
        return f"{self.pool_size}×{self.pool_size} {'maximum' if self.mode == 'max' else 'average'}"

    @property
    def window(self) -> Window:
        """The window, which does not overlap with the next."""
        return Window((self.pool_size, self.pool_size), (self.pool_size, self.pool_size))

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return as many maps, of one value per window."""
        height, width, channels = self.require_maps(shape)
        size = self.pool_size
        if min(height, width) < size:
            raise InputTooSmallError(self.name, size, height, width)
        return height // size, width // size, channels

    def keras_layer(self) -> tuple[str, dict[str, Any]]:
        """Return Keras' class of this mode."""
        keras_class = "MaxPooling2D" if self.mode == "max" else "AveragePooling2D"
        return keras_class, self.model_dump(exclude={"kind", "mode"})


class GlobalPooling(Spec):
    """The maximum or the average of each map: one value per channel, whatever the size of the image."""

    kind: Literal["global_pooling"] = "global_pooling"
    mode: Literal["max", "average"] = "average"

    title: ClassVar[str] = "global pooling"
    family: ClassVar[Family] = "pooling"

    @property
    def words(self) -> str:
        """The mode."""
        return "maximum" if self.mode == "max" else "average"

    @property
    def window(self) -> None:
        """None: the whole map."""

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return one value per map."""
        return self.require_maps(shape)[-1:]

    def keras_layer(self) -> tuple[str, dict[str, Any]]:
        """Return Keras' class of this mode."""
        keras_class = "GlobalMaxPooling2D" if self.mode == "max" else "GlobalAveragePooling2D"
        return keras_class, self.model_dump(exclude={"kind", "mode"})
