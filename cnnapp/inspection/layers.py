"""The layers of a Keras model that compute."""

from typing import Any


def computing_layers(model: Any) -> list[Any]:
    """Return the model's layers in order, without its input."""
    import keras

    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
