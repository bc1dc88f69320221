"""A tiled picture on the page as rows of images with words above and below; the first of each row is outlined."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout
from cnnapp.ui.components.build import build_component
from cnnapp.ui.components.parcel import pack

_grid = build_component("captioned_grid", parcel=True)


class CaptionedGrid(NamedTuple):
    """A tiled picture and what stands around its tiles."""

    picture: NDArray[np.uint8]  # (H, W, 3), drawn for `layout` without gaps
    layout: TileLayout
    heads: Sequence[str]  # above the columns
    captions: Sequence[str]  # below the tiles, row by row; "" for none
    label: str  # what all of it is


def show_captioned_grid(grid: CaptionedGrid, *, key: str) -> None:
    """Show a tiled picture; what stands there stays until its successor can be drawn."""
    layout = grid.layout
    meta = {
        "rows": layout.rows,
        "columns": layout.columns,
        "tile": [layout.height, layout.width],
        "heads": list(grid.heads),
        "captions": list(grid.captions),
        "label": grid.label,
    }
    _grid(key=key, data=pack(meta, [grid.picture]))
