"""Networks that the catalog does not have: what must not be done with layers, and what barely learns."""

from typing import Any

from cnnapp.architectures import ImageShape, LayerSpec
from cnnapp.architectures.layers import Activation, Dense, Flatten, Pooling, Rescaling
from cnnapp.runs import RunConfig, configure


def without_rescaling(layers: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
    return tuple(layer for layer in layers if layer.kind != "rescaling")


def with_two_softmaxes(layers: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
    return (*layers, Activation(name="again", activation="softmax"))


def deep_sigmoid(classes: int, depth: int = 8) -> tuple[LayerSpec, ...]:
    hidden = [Dense(name=f"dense{number}", units=32, activation="sigmoid") for number in range(1, depth + 1)]
    answer = Dense(name="softmax", units=classes, activation="softmax")
    return (Rescaling(name="rescaling"), Pooling(name="pool", pool_size=4), Flatten(name="flatten"), *hidden, answer)


def tiny(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:
    """Four numbers of each image and a straight line between classes."""
    return (
        Rescaling(name="rescaling"),
        Pooling(name="pool", mode="average", pool_size=image_shape[0] // 2),
        Flatten(name="flatten"),
        Dense(name="softmax", units=classes, activation="softmax"),
    )


def configure_layers(dataset: str, layers: tuple[LayerSpec, ...], **settings: Any) -> RunConfig:
    """A run with layers of its own."""
    return configure(dataset, "lenet5", **settings).model_copy(update={"layers": layers})
