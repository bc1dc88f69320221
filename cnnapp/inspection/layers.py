"""What the layers of a Keras model are called in this app."""

import re
from typing import Any

_KINDS = {
    "InputLayer": "input",
    "Conv1D": "conv1d",
    "Conv2D": "conv2d",
    "MaxPooling2D": "pooling",
    "AveragePooling2D": "pooling",
    "GlobalAveragePooling2D": "pooling",
    "GlobalMaxPooling2D": "pooling",
    "ReLU": "activation",
    "Softmax": "activation",
}


def kind_of(layer: Any) -> str:
    """Return the kind of a Keras layer, as in `architectures` ("conv2d", "pooling", "dense", …)."""
    name = type(layer).__name__
    return _KINDS.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def computing_layers(model: Any) -> list[Any]:
    """Return the model's layers in order, without its input."""
    return [layer for layer in model.layers if kind_of(layer) != "input"]
