"""How much an image of each class counts."""

import numpy as np
from numpy.typing import NDArray


def balanced_weights(labels: NDArray[np.int32], classes: int) -> NDArray[np.float32]:
    """Return how much an image of each class counts, so that all classes count the same (King & Zeng 2001).

    n / (k * n_c) for the k classes that have images, as scikit-learn's class_weight="balanced": over the images, the
    mean is 1.

    Args:
        labels: int (n,), of the training images, 0 to `classes` - 1.
        classes: how many there are; those without images get 0.

    Returns:
        float32 (classes,).
    """
    counts = np.bincount(labels, minlength=classes)
    weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.where(counts > 0, weights, 0).astype(np.float32)
