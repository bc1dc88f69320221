"""Which images are held out: a seeded share of every class; images that belong together stay on one side."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def split_validation(labels: NDArray[np.int32], share: float, seed: int) -> tuple[Rows, Rows]:
    """Hold out a seeded, stratified share of the training images for validation.

    Args:
        labels: (n,) class indices.
        share: 0 to 1; round(n · share) images are held out.
        seed: the same seed gives the same split.

    Returns:
        Sorted rows for training and for validation; the second may be empty.
    """
    return split_stratified(labels, round(len(labels) * share), seed)


def split_stratified(labels: NDArray[np.int32], count: int, seed: int) -> tuple[Rows, Rows]:
    """Take `count` rows so that each class gives its share, to within one image.

    Shares are rounded by largest remainder; ties go to the lower class.

    Returns:
        Sorted rows that stay, sorted rows that were taken.
    """
    labels = np.asarray(labels)
    sizes = np.bincount(labels) if len(labels) else np.zeros(0, np.int64)
    exact = sizes * (count / max(1, len(labels)))
    quota = np.floor(exact).astype(np.int64)
    missing = count - int(quota.sum())
    quota[np.argsort(quota - exact, kind="stable")[:missing]] += 1
    rng = np.random.default_rng(seed)
    taken = np.zeros(len(labels), bool)
    for label, size in enumerate(quota):
        taken[rng.permutation(np.flatnonzero(labels == label))[:size]] = True
    return np.flatnonzero(~taken), np.flatnonzero(taken)
