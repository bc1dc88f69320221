"""Model and images -> probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.inspection.activations import check_input

_BATCH_VALUES = 2**22  # pixel values per forward pass: bounds the memory that activations take


def build_predictor(model: Any) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Compile a Keras classifier into a function from images to probabilities.

    Returns:
        Takes uint8 images (n, h, w, c), 0-255; gives float32 (n, classes), rows summing to 1. A single sigmoid
        unit, the probability p of the second class, becomes [1 - p, p]. Raises `CnnAppError` when the images
        have another shape than the model's input.
    """
    import tensorflow as tf

    shape = model.input_shape[1:]
    size = max(1, _BATCH_VALUES // int(np.prod(shape)))

    def outputs_of(images: Any) -> Any:
        return tf.cast(model(tf.cast(images, tf.float32), training=False), tf.float32)

    compiled = tf.function(outputs_of, input_signature=[tf.TensorSpec((None, *shape), tf.uint8)])

    def predict(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        check_input(images, shape)
        batches = [images[start : start + size] for start in range(0, max(1, len(images)), size)]
        outputs = np.concatenate([compiled(tf.constant(batch)).numpy() for batch in batches])
        return both_classes(outputs) if outputs.shape[1] == 1 else outputs

    return predict


def both_classes(sigmoid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn (n, 1) probabilities of the second class into (n, 2) of both."""
    return np.concatenate([1 - sigmoid, sigmoid], axis=1)
