"""What the checks know of each image: a few numbers and a small picture, measured in batches in bounded memory."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report, rows_per_batch
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.quality.perceptual import perceptual_hash
from cnnapp.datasets.store import Split

SIDE = 12  # of the small pictures
LUMA = np.array([77, 150, 29], np.uint16)  # ITU-R BT.601 in 256ths


@dataclass(frozen=True)
class Looks:
    """Measures of n images, over all splits."""

    splits: tuple[SplitName, ...]  # those there are
    side: int  # pixels: the shorter one of an image
    split: NDArray[np.int8]  # (n,): place in `splits`
    row: NDArray[np.int64]  # (n,): in the split
    label: NDArray[np.int32]  # (n,)
    exact: NDArray[np.uint64]  # (n,): digest of the pixels
    perceptual: NDArray[np.uint64]  # (n,): what the picture looks like, as 64 bits
    small: NDArray[np.uint8]  # (n, side, side, c)
    darkest: NDArray[np.uint8]  # (n,): grey value that 1 % of the pixels lie below
    lightest: NDArray[np.uint8]  # (n,): grey value that 1 % of the pixels lie above
    spread: NDArray[np.float32]  # (n,): standard deviation of the values, in the channel where it is largest
    grey_spread: NDArray[np.float32]  # (n,): standard deviation of the grey values
    detail: NDArray[np.float32]  # (n,): variance of the Laplacian of the grey values

    def __len__(self) -> int:
        return len(self.row)


def measure(splits: Mapping[SplitName, Split], report: Report) -> Looks:
    """Look at every image of some splits once."""
    total, parts = sum(len(split.labels) for split in splits.values()), []
    shape = next(iter(splits.values())).images.shape[1:]
    done = 0
    for place, split in enumerate(splits.values()):
        for rows in _batches(len(split.labels), shape):
            parts.append((np.full(len(rows), place, np.int8), rows, split.labels[rows], *_measure(split.images[rows])))
            done += len(rows)
            report("Looking at the images", done, total)
    columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Looks(tuple(splits), min(shape[:2]), *columns)


def _batches(count: int, shape: tuple[int, ...]) -> Iterator[NDArray[np.int64]]:
    step = min(1000, rows_per_batch(shape, 1))  # progress a few times a second
    for start in range(0, count, step):
        yield np.arange(start, min(start + step, count))


def _measure(images: NDArray[np.uint8]) -> tuple[NDArray[np.generic], ...]:
    grey = to_grey(images)
    flat = grey.reshape(len(grey), -1)
    low, high = (round(share * (flat.shape[1] - 1)) for share in (0.01, 0.99))
    ordered = np.partition(flat, [low, high], axis=1)
    return (
        np.array([_digest(image) for image in images], np.uint64),
        np.array([perceptual_hash(image) for image in grey], np.uint64),
        shrink(images),
        ordered[:, low],
        ordered[:, high],
        images.std(axis=(1, 2), dtype=np.float32).max(axis=1),
        flat.std(axis=1, dtype=np.float32),
        _detail(grey),
    )


def _digest(image: NDArray[np.uint8]) -> int:
    return int.from_bytes(hashlib.blake2b(image.tobytes(), digest_size=8).digest(), "little")


def to_grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the brightness of images (n, h, w, 1 or 3) as uint8 (n, h, w)."""
    if images.shape[3] == 1:
        return images[..., 0]
    return np.asarray((images * LUMA).sum(axis=3, dtype=np.uint16) >> 8, np.uint8)


def _detail(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the variance of the Laplacian, 0 for images without an inner pixel."""
    if min(grey.shape[1:]) < 3:
        return np.zeros(len(grey), np.float32)
    return np.asarray(laplacian(grey).var(axis=(1, 2), dtype=np.float32))


def laplacian(grey: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return how far each inner pixel of uint8 (n, h, w) is from its four neighbours' mean, times four."""
    wide = grey.astype(np.int16)
    around = wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1] + wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]
    return np.asarray(around - 4 * wide[:, 1:-1, 1:-1], np.int16)


def shrink(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images (n, h, w, c) averaged down to at most SIDE × SIDE blocks of pixels."""
    for axis in (1, 2):
        length = images.shape[axis]
        if length > SIDE:
            edges = np.arange(SIDE) * length // SIDE
            sums = np.add.reduceat(images, edges, axis=axis, dtype=np.uint32)
            shape = [SIDE if place == axis else 1 for place in range(4)]
            images = np.asarray(sums // np.diff(edges, append=length).reshape(shape), np.uint8)
    return images
