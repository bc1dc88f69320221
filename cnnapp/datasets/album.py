"""The sample pictures of a reading: small, of one size, so that a page shows hundreds at once."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.npy import write_array
from cnnapp.images import resize, to_channels

PICTURE_SIDE = 96  # pixels of a picture's longer side
MOST = 400
GROUND = 128  # grey around pictures that are no squares

Pixels = NDArray[np.uint8]


class Album:
    """Pictures in the order in which they were added."""

    def __init__(self) -> None:
        self._pictures: list[Pixels] = []

    @property
    def full(self) -> bool:
        """Whether no more pictures are taken."""
        return len(self._pictures) >= MOST

    def add(self, pixels: Pixels) -> int:
        """Add a picture, uint8 (h, w, 1 or 3), made smaller; return its row, the last one's when the album is full."""
        if not self.full:
            self._pictures.append(_thumbnail(pixels))
        return len(self._pictures) - 1

    def store(self, path: Path) -> None:
        """Write them as one array, uint8 (n, PICTURE_SIDE, PICTURE_SIDE, 3)."""
        write_array(
            path,
            (len(self._pictures), PICTURE_SIDE, PICTURE_SIDE, 3),
            np.uint8,
            [np.stack(self._pictures)] if self._pictures else [],
        )


def _thumbnail(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = PICTURE_SIDE / max(height, width)
    if scale < 1:
        pixels = resize(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    elif (times := int(scale)) > 1:  # tiny ones grow without a blur
        pixels = np.repeat(np.repeat(pixels, times, 0), times, 1)
    height, width = pixels.shape[:2]
    canvas = np.full((PICTURE_SIDE, PICTURE_SIDE, 3), GROUND, np.uint8)
    top, left = (PICTURE_SIDE - height) // 2, (PICTURE_SIDE - width) // 2
    canvas[top : top + height, left : left + width] = to_channels(pixels, 3)
    return canvas
