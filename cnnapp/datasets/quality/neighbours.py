"""Pairs of hashes that differ in few bits, among a hundred thousand of them, in bounded memory."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report

TALL, WIDE = 128, 4096  # a tile of comparisons fits the processor's cache


def near_pairs(hashes: NDArray[np.uint64], most_bits: int, report: Report) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of hashes (n,) that differ in at most `most_bits` bits, as (m, 2) with first < second.

    Every pair is compared: five billion of them take seconds, and no index is there to miss one.
    """
    for top in range(0, len(hashes), TALL):
        block = hashes[top : top + TALL, None]
        for left in range(top, len(hashes), WIDE):
            bits = np.bitwise_count(block ^ hashes[left : left + WIDE])
            found = np.flatnonzero(bits <= most_bits)
            first, second = np.divmod(found, bits.shape[1])
            pairs = np.stack([first + top, second + left], axis=1)
            yield pairs[pairs[:, 0] < pairs[:, 1]]
        report("Comparing the images", top + len(block), len(hashes))
