"""A network as a row of columns, one per layer with its maps small; a click opens a layer."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.style import FAMILIES
from cnnapp.ui.components.build import build_component
from cnnapp.ui.components.parcel import pack

_strip = build_component("strip", parcel=True)


class StripColumn(NamedTuple):
    """One layer of the strip."""

    name: str
    title: str  # of its kind, in words
    family: str  # a key of style.FAMILIES
    shape: str  # in words: "10 × 10 × 16"
    more: str  # what the picture leaves out: "+ 4 more"
    picture: NDArray[np.uint8]  # RGB (h, w, 3), shown 96 pixels wide


def show_strip(columns: Sequence[StripColumn], *, key: str, chosen: str, on_open: Callable[[str], None]) -> None:
    """Show a network's layers side by side with `chosen` marked; `on_open` is told the name that was clicked."""
    layers = [
        {
            "name": column.name,
            "kind": column.title,
            "colour": FAMILIES[column.family].colour,
            "symbol": FAMILIES[column.family].symbol,
            "shape": column.shape,
            "more": column.more,
            "fixed": column.family == "input",
        }
        for column in columns
    ]

    def take() -> None:
        name = st.session_state[key].get("layer")
        if name in {column.name for column in columns}:
            on_open(name)

    parcel = pack({"layers": layers, "chosen": chosen}, [column.picture for column in columns])
    _strip(key=key, data=parcel, on_layer_change=take)
