"""Layers that slide kernels over maps."""

from math import prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnapp.architectures.layers.activation import ActivationName, with_activation
from cnnapp.architectures.layers.base import Family, InputTooSmallError, Side, Spec, Weights, Window


class Conv2D(Spec):
    """Square kernels slid over the maps; one map out per filter.

    The kernels are learned or, in a network's first convolution, made from the training images by `whiten`.
    """

    kind: Literal["conv2d"] = "conv2d"
    filters: int = Field(ge=1, le=65_536)
    kernel_size: Side = 3
    strides: Side = 1
    padding: Literal["valid", "same"] = "valid"
    activation: ActivationName = "linear"
    use_bias: bool = True
    kernel: Literal["learned", "whitening"] = "learned"

    title: ClassVar[str] = "convolution"
    family: ClassVar[Family] = "convolution"
    keras_class: ClassVar[str] = "Conv2D"
    keras_defaults: ClassVar[tuple[str, ...]] = ("strides", "padding", "activation", "use_bias")
    first_argument: ClassVar[str] = "filters"
    has_weights: ClassVar[bool] = True
    has_kernel: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """Size, stride, padding and activation."""
        steps = f"stride {self.strides}" if self.strides > 1 else ""
        size = f"{self.kernel_size}×{self.kernel_size}"
        words = " ".join(filter(None, (size, steps, repr(self.padding), with_activation(self.activation))))
        return f"{words}, whitening" if self.kernel == "whitening" else words

    @property
    def window(self) -> Window:
        """A kernel."""
        return Window((self.kernel_size, self.kernel_size), (self.strides, self.strides))

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return one map per filter; without padding they are smaller by what a kernel reaches over the edge."""
        height, width, _ = self.require_maps(shape)
        k, stride = self.kernel_size, self.strides
        if self.padding == "same":
            return -(-height // stride), -(-width // stride), self.filters
        if min(height, width) < k:
            raise InputTooSmallError(self.name, k, height, width)
        return (height - k) // stride + 1, (width - k) // stride + 1, self.filters

    def weights(self, shape: tuple[int, ...], /) -> tuple[Weights, ...]:
        """Return kernels and biases."""
        learned = self.kernel == "learned"
        kernels = Weights((self.kernel_size, self.kernel_size, shape[-1], self.filters), learned)
        return (kernels, Weights((self.filters,), learned)) if self.use_bias else (kernels,)

    def multiply_adds(self, shape: tuple[int, ...], /) -> int:
        """Return each kernel's weights at each place."""
        return prod(self.output_shape(shape)[:2]) * prod(self.weights(shape)[0].shape)

    def keras_layer(self) -> tuple[str, dict[str, Any]]:
        """Return Keras' Conv2D, frozen where the kernels are not learned."""
        frozen = {"trainable": False} if self.kernel == "whitening" else {}
        return self.keras_class, self.model_dump(exclude={"kind", "kernel"}) | frozen

    def random_arguments(self, seed: int, /) -> dict[str, Any]:
        """Return where the kernels begin."""
        import keras

        return {"kernel_initializer": keras.initializers.GlorotUniform(seed)}
