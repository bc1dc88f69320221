"""A network as data: a list of layer specs, validated here, JSON both ways."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ActivationName = Literal["linear", "relu", "sigmoid", "softmax", "tanh"]
Side = Annotated[int, Field(ge=1, le=64)]  # of a kernel, a pooling window or a stride, in pixels


class Spec(BaseModel):
    """Base of all layers: immutable, unknown settings refused; `name` is also the Keras layer's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")


class Rescaling(Spec):
    """Pixels times `scale`: 0-255 becomes 0-1."""

    kind: Literal["rescaling"] = "rescaling"
    scale: float = Field(1 / 255, gt=0, le=1)


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


class Pooling(Spec):
    """The maximum or the average of each window of `pool_size`, side by side; pixels left over are dropped."""

    kind: Literal["pooling"] = "pooling"
    mode: Literal["max", "average"] = "max"
    pool_size: Side = 2


class BatchNormalization(Spec):
    """Each channel to mean 0, variance 1 over the batch, then scaled and shifted (Ioffe & Szegedy 2015)."""

    kind: Literal["batch_normalization"] = "batch_normalization"
    momentum: float = Field(0.99, ge=0, lt=1)  # of the moving averages that stand for the batch once trained


class Dropout(Spec):
    """While training, sets a random `rate` of the values to zero (Srivastava et al. 2014)."""

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(ge=0, lt=1)


class Flatten(Spec):
    """All maps as one vector."""

    kind: Literal["flatten"] = "flatten"


class Dense(Spec):
    """Every unit is connected to every value of the vector before it."""

    kind: Literal["dense"] = "dense"
    units: int = Field(ge=1, le=1_000_000)
    activation: ActivationName = "linear"


class Activation(Spec):
    """A function applied to the layer before it, value by value (softmax: over the last axis)."""

    kind: Literal["activation"] = "activation"
    activation: ActivationName


LayerSpec = Annotated[
    Rescaling | Conv2D | Pooling | BatchNormalization | Dropout | Flatten | Dense | Activation,
    Field(discriminator="kind"),
]
ImageShape = tuple[int, int, int]  # height, width, channels
