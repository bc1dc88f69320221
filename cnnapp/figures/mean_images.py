"""The mean image of each class: what its images have in common, place by place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.samples import Images

MOST_PER_CLASS = 2000
_MOST_VALUES = 2**29  # read in all, so that large images do not take minutes
_READ_VALUES = 2**23  # at a time


def images_per_class(image_shape: Sequence[int], classes: int) -> int:
    """Return from how many images of a class at most its mean is taken: `MOST_PER_CLASS`, fewer large ones."""
    return max(1, min(MOST_PER_CLASS, _MOST_VALUES // (int(np.prod(image_shape)) * max(1, classes))))


def compute_mean_images(images: Images, labels: NDArray[np.int32], classes: Sequence[int]) -> NDArray[np.uint8]:
    """Average the images of each class, in memory for a few images only.

    Args:
        images: uint8 (n, h, w, 1 or 3).
        labels: (n,) class indices.
        classes: those whose mean is wanted, each with at least one image.

    Returns:
        uint8 (len(classes), h, w, 1 or 3): the rounded means of at most `images_per_class` images, evenly spaced.
    """
    shape = images.shape[1:]
    most, step = images_per_class(shape, len(classes)), max(1, _READ_VALUES // int(np.prod(shape)))
    means = np.empty((len(classes), *shape), np.uint8)
    for place, label in enumerate(classes):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(np.int64)]
        total = np.zeros(shape, np.int64)
        for start in range(0, len(rows), step):
            total += images[rows[start : start + step]].sum(axis=0, dtype=np.int64)
        means[place] = (total / len(rows)).round()
    return means
