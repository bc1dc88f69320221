"""A file and what must become of it."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Fate = Literal["read", "refused", "either"]


class Case(NamedTuple):
    """A file and what must become of it."""

    name: str
    data: bytes
    fate: Fate
    pixels: NDArray[np.generic] | None = None  # (h, w) or (h, w, 3), 0-255: what the generator drew; None: not known
    tolerance: float = 0  # largest difference allowed
    words: str = ""  # that the refusal must hold


def right(name: str, data: bytes, pixels: NDArray[np.generic], tolerance: float = 0) -> Case:
    """A file that must be read, and its pixels."""
    return Case(name, data, "read", pixels, tolerance)


def refused(name: str, data: bytes, words: str = "") -> Case:
    return Case(name, data, "refused", words=words)


def on_white(values: NDArray[np.generic], alpha: NDArray[np.generic]) -> NDArray[np.float64]:
    """Lay values, (h, w) or (h, w, 3), 0-255, with alpha, (h, w), 0-255, on white."""
    share = np.asarray(alpha, float) / 255
    share = share[:, :, None] if values.ndim == 3 else share
    return np.asarray(values * share + 255 * (1 - share))


def smooth(height: int, width: int) -> NDArray[np.uint8]:
    """Three gradients, (height, width, 3): what a lossy format keeps well."""
    y, x = np.mgrid[:height, :width]
    across, down = max(1, width - 1), max(1, height - 1)
    return np.stack([y * 255 // down, x * 255 // across, (x + y) * 255 // (across + down)], 2).astype(np.uint8)
