"""Some images of every class in one picture, one row per class."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout, draw_tiles, shrink_tiles

PER_CLASS = 10
_TILE = 56  # pixels of the picture that a tile should at least have
_GAP = 3


class SampleGrid(NamedTuple):
    """Which images are shown, and where."""

    rows: NDArray[np.int64]  # (classes, PER_CLASS): rows of the split; -1 where a class has no more images
    layout: TileLayout


def compute_samples(labels: NDArray[np.int32], classes: int, image_shape: tuple[int, int, int]) -> SampleGrid:
    """Choose the first images of each class and lay them out.

    Args:
        labels: (n,) class indices.
        classes: number of classes, 1 or more.
        image_shape: (height, width, channels) of the images.
    """
    rows = np.full((classes, PER_CLASS), -1, np.int64)
    for label in range(classes):
        found = np.flatnonzero(labels == label)[:PER_CLASS]
        rows[label, : len(found)] = found
    height, width, _ = image_shape
    side = max(height, width)
    enlarge, shrink = max(1, math.ceil(_TILE / side)), max(1, side // _TILE)
    tile = max(1, height // shrink) * enlarge, max(1, width // shrink) * enlarge
    return SampleGrid(rows, TileLayout(rows.size, classes, PER_CLASS, *tile, _GAP, enlarge, shrink))


def draw_samples(images: NDArray[np.uint8], grid: SampleGrid, ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Draw the chosen images of uint8 (n, h, w, 1 or 3) into one picture uint8 (H, W, 3) on the colour `ground`."""
    chosen = grid.rows.reshape(-1)
    tiles = np.broadcast_to(images[np.maximum(chosen, 0)], (chosen.size, *images.shape[1:3], 3))
    small = np.asarray(shrink_tiles(tiles.astype(np.float32), grid.layout).round(), np.uint8)
    small[chosen < 0] = ground
    return draw_tiles(small, grid.layout, ground)
