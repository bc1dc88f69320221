"""Some images of a data set in one picture: a row for each class, or one class page by page."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout, draw_tiles, shrink_tiles

PER_ROW = 10
PER_PAGE = 60  # images of one class
_TILE = 56  # pixels of the picture that a tile should at least have
_GAP = 3
_READ = 32  # images read and shrunk at a time


ROW_TILE = 48  # pixels of a tile of `draw_row`


class Images(Protocol):
    """The images of a split, in memory, on disk, or decoded when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, h, w, 1 or 3)."""
        ...

    def __getitem__(self, rows: NDArray[np.int64], /) -> NDArray[np.uint8]:
        """Return some of them."""
        ...


class SampleGrid(NamedTuple):
    """Which images are shown, and where."""

    rows: NDArray[np.int64]  # (rows of the grid, PER_ROW): rows of the split; -1 where there is no image
    layout: TileLayout


def compute_samples(labels: NDArray[np.int32], classes: Sequence[int], image_shape: tuple[int, int, int]) -> SampleGrid:
    """Choose the first images of some classes and lay them out, one row per class.

    Args:
        labels: (n,) class indices.
        classes: the class of each row, 1 or more.
        image_shape: (height, width, channels) of the images.
    """
    rows = np.full((len(classes), PER_ROW), -1, np.int64)
    for place, label in enumerate(classes):
        found = np.flatnonzero(labels == label)[:PER_ROW]
        rows[place, : len(found)] = found
    return SampleGrid(rows, _lay_out(rows, image_shape))


def compute_page(rows: NDArray[np.int64], page: int, image_shape: tuple[int, int, int]) -> SampleGrid:
    """Lay out one page of images, `PER_PAGE` or fewer.

    Args:
        rows: (n,) rows of the split, all pages together; 1 or more.
        page: counted from 1.
        image_shape: (height, width, channels) of the images.
    """
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    grid = np.full((math.ceil(len(shown) / PER_ROW), PER_ROW), -1, np.int64)
    grid.reshape(-1)[: len(shown)] = shown
    return SampleGrid(grid, _lay_out(grid, image_shape))


def _lay_out(rows: NDArray[np.int64], image_shape: tuple[int, int, int]) -> TileLayout:
    height, width, _ = image_shape
    side = max(height, width)
    enlarge, shrink = max(1, math.ceil(_TILE / side)), max(1, side // _TILE)
    tile = max(1, height // shrink) * enlarge, max(1, width // shrink) * enlarge
    return TileLayout(rows.size, len(rows), PER_ROW, *tile, _GAP, enlarge, shrink)


def draw_samples(images: Images, grid: SampleGrid, ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Draw the chosen images of uint8 (n, h, w, 1 or 3) into one picture uint8 (H, W, 3) on the colour `ground`."""
    chosen, layout = grid.rows.reshape(-1), grid.layout
    tile = layout.height // layout.enlarge, layout.width // layout.enlarge
    tiles = np.full((chosen.size, *tile, 3), ground, np.uint8)
    there = np.flatnonzero(chosen >= 0)
    for start in range(0, len(there), _READ):
        places = there[start : start + _READ]
        small = shrink_tiles(images[chosen[places]].astype(np.float32), layout)
        tiles[places] = small.round().astype(np.uint8)  # grey becomes three channels here
    return draw_tiles(tiles, layout, ground)


def draw_row(pictures: NDArray[np.uint8], ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Put small square pictures, uint8 (n, side, side, 3) with n of 1 or more, side by side; return uint8 (H, W, 3)."""
    count, side = pictures.shape[:2]
    layout = TileLayout(count, 1, count, ROW_TILE, ROW_TILE, _GAP, 1, side // ROW_TILE)
    small = shrink_tiles(pictures.astype(np.float32), layout).round().astype(np.uint8)
    return draw_tiles(small, layout, ground)
