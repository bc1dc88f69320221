"""A picture of many tiles on the page, its rows named if they mean something; a click or the arrow keys choose one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout
from cnnapp.ui.components.build import build_component
from cnnapp.ui.components.parcel import pack

_tiles = build_component("tiles", parcel=True)


class Tiles(NamedTuple):
    """A tiled picture and what its tiles are."""

    picture: NDArray[np.uint8]  # (H, W, 3), drawn for `layout`
    layout: TileLayout
    noun: str  # what a tile is: "map", "kernel", "image"
    order: Sequence[int]  # the number of the tile at each position; -1 where there is none
    chosen: int  # the number that is marked
    row_names: Sequence[str] = ()  # what each row of tiles shows


def show_tiles(tiles: Tiles, *, key: str, on_choose: Callable[[int], None]) -> None:
    """Show a tiled picture; `on_choose` is told the number of a clicked tile before the page runs again."""
    layout = tiles.layout
    order = [int(number) for number in tiles.order]
    count = sum(number >= 0 for number in order)
    meta = {
        "height": layout.shape[0],
        "width": layout.shape[1],
        "tile": [layout.height, layout.width],
        "gap": layout.gap,
        "columns": layout.columns,
        "order": order,
        "chosen": tiles.chosen,
        "noun": tiles.noun,
        "names": list(tiles.row_names),
        "label": f"{count} {tiles.noun}s, {tiles.noun} {tiles.chosen} chosen",
    }

    def take() -> None:
        number = st.session_state[key].get("chosen")
        if number in order and number >= 0:
            on_choose(int(number))

    _tiles(key=key, data=pack(meta, [tiles.picture]), on_chosen_change=take)
