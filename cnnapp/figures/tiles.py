"""Many small pictures in one: 512 of them cost one image, not 512."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_MANY = 4096  # tiles without gaps from here on


class TileLayout(NamedTuple):
    """Where each tile stands; lengths in pixels of the picture."""

    tiles: int
    rows: int
    columns: int
    height: int  # of one tile
    width: int
    gap: int  # around each tile
    enlarge: int  # each value is drawn as enlarge × enlarge pixels…
    shrink: int  # …or each shrink × shrink block of values as one; one of the two is 1

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return (
            self.rows * (self.height + self.gap) + self.gap,
            self.columns * (self.width + self.gap) + self.gap,
        )

    def corner(self, position: int) -> tuple[int, int]:
        """Return top and left of the tile at `position`, counted in reading order from 0."""
        row, column = divmod(position, self.columns)
        return row * (self.height + self.gap) + self.gap, column * (self.width + self.gap) + self.gap

    def position_at(self, y: float, x: float) -> int | None:
        """Return the position of the tile at pixel (y, x) of the picture, None between and beyond tiles."""
        row, top = divmod(y - self.gap, self.height + self.gap)
        column, left = divmod(x - self.gap, self.width + self.gap)
        position = int(row * self.columns + column)
        inside = 0 <= column < self.columns and row >= 0 and top < self.height and left < self.width
        return position if inside and position < self.tiles else None


def plan_tiles(
    count: int, height: int, width: int, *, picture: tuple[int, int] = (600, 900), largest: int = 144
) -> TileLayout:
    """Choose the largest crisp layout of `count` tiles of `height` × `width` values.

    Args:
        count: tiles, 1 or more.
        height: of one tile, in values.
        width: of one tile, in values.
        picture: height and width that the picture should fit in, in pixels.
        largest: longest side of one drawn tile, in pixels.
    """
    gap = 0 if count > _MANY else 1 if count > 256 or max(height, width) == 1 else 3
    columns = np.arange(1, count + 1)
    rows = np.ceil(count / columns)
    tall = (picture[0] - gap * (rows + 1)) / (rows * height)
    wide = (picture[1] - gap * (columns + 1)) / (columns * width)
    fit = min(float(np.minimum(tall, wide).max()), largest / max(height, width))
    enlarge, shrink = max(1, int(fit)), max(1, math.ceil(1 / max(fit, 1 / max(height, width))))
    tile = height * enlarge // shrink or 1, width * enlarge // shrink or 1
    across = max(1, min(count, (picture[1] - gap) // (tile[1] + gap)))
    down = math.ceil(count / across)
    return TileLayout(count, down, math.ceil(count / down), *tile, gap, enlarge, shrink)


def shrink_tiles(values: NDArray[np.float32], layout: TileLayout) -> NDArray[np.float32]:
    """Return values (count, h, w, …) with blocks averaged where the layout draws several values as one."""
    if layout.shrink == 1:
        return values
    height, width = (min(layout.shrink, side) for side in values.shape[1:3])
    cut = values[:, : layout.height * height, : layout.width * width]
    blocks = cut.reshape(len(values), layout.height, height, layout.width, width, *values.shape[3:])
    means: NDArray[np.float32] = blocks.mean(axis=(2, 4), dtype=np.float32)
    return means


def draw_tiles(tiles: NDArray[np.uint8], layout: TileLayout, ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Put RGB tiles uint8 (count, h, w, 3), already shrunk, into one picture uint8 (H, W, 3) on the colour `ground`."""
    tiles = tiles.repeat(layout.enlarge, axis=1).repeat(layout.enlarge, axis=2)
    height, width = layout.height + layout.gap, layout.width + layout.gap
    cells = np.full((layout.rows * layout.columns, height, width, 3), ground, np.uint8)
    cells[: len(tiles), : layout.height, : layout.width] = tiles
    grid = cells.reshape(layout.rows, layout.columns, height, width, 3).swapaxes(1, 2)
    picture = np.full((*layout.shape, 3), ground, np.uint8)
    picture[layout.gap :, layout.gap :] = grid.reshape(layout.rows * height, layout.columns * width, 3)
    return picture
