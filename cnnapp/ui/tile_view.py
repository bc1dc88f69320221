"""A picture of many tiles on the page; a click or the arrow keys choose one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout
from cnnapp.ui.packing import UNPACK_JS, pack

_HTML = '<div class="tiles" tabindex="0" role="group"><img alt=""><div class="mark"></div><div class="tip"></div></div>'
_CSS = """
.tiles { position: relative; display: inline-block; max-width: 100%; cursor: pointer; border-radius: 4px; }
.tiles:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 4px; }
img { display: block; max-width: 100%; height: auto; }
.mark { position: absolute; box-sizing: border-box; pointer-events: none; border-radius: 2px;
  outline: 3px solid var(--st-orange-color, #E69F00); }
.tip { position: absolute; pointer-events: none; display: none; padding: 1px 6px; border-radius: 4px;
  white-space: nowrap;
  font: 12px var(--st-font); color: var(--st-background-color); background: var(--st-text-color); z-index: 1; }
"""
_JS = (
    UNPACK_JS
    + """
export default function ({ data, parentElement, setTriggerValue }) {
  const { meta, pictures } = unpack(data);
  const box = parentElement.querySelector(".tiles"), image = box.querySelector("img");
  const mark = box.querySelector(".mark"), tip = box.querySelector(".tip");
  const url = URL.createObjectURL(pictures[0]);
  image.src = url;
  image.alt = meta.label;
  image.style.width = meta.width + "px";
  box.setAttribute("aria-label", meta.label + ". Arrow keys choose another.");
  const share = (part, whole) => (100 * part) / whole + "%";
  let position = meta.order.indexOf(meta.chosen);
  const corner = (at) => [Math.floor(at / meta.columns) * (meta.tile[0] + meta.gap) + meta.gap,
    (at % meta.columns) * (meta.tile[1] + meta.gap) + meta.gap];
  const show = () => {
    const [top, left] = corner(position);
    Object.assign(mark.style, {
      display: position < 0 ? "none" : "block",
      top: share(top, meta.height), height: share(meta.tile[0], meta.height),
      left: share(left, meta.width), width: share(meta.tile[1], meta.width),
    });
  };
  const choose = (at) => {
    if (at === null || at < 0 || at >= meta.order.length || at === position) return;
    position = at;
    show();
    setTriggerValue("chosen", meta.order[at]);
  };
  const under = (event) => {
    const frame = image.getBoundingClientRect();
    const y = ((event.clientY - frame.top) / frame.height) * meta.height - meta.gap / 2;
    const x = ((event.clientX - frame.left) / frame.width) * meta.width - meta.gap / 2;
    const row = Math.floor(y / (meta.tile[0] + meta.gap)), column = Math.floor(x / (meta.tile[1] + meta.gap));
    const at = row * meta.columns + column;
    return row >= 0 && column >= 0 && column < meta.columns && at < meta.order.length ? at : null;
  };
  box.onclick = (event) => choose(under(event));
  box.onpointermove = (event) => {
    const at = under(event);
    tip.style.display = at === null ? "none" : "block";
    if (at === null) return;
    const [top, left] = corner(at);
    tip.textContent = meta.noun + " " + meta.order[at];
    tip.style.left = share(left, meta.width);
    tip.style.top = `calc(${share(top, meta.height)} - 22px)`;
  };
  box.onpointerleave = () => (tip.style.display = "none");
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -meta.columns, ArrowDown: meta.columns }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(position + step);
  };
  show();
  return () => URL.revokeObjectURL(url);
}
"""
)
_tiles = st.components.v2.component("cnn_lab_tiles", html=_HTML, css=_CSS, js=_JS)


class Tiles(NamedTuple):
    """A tiled picture and what its tiles are."""

    picture: NDArray[np.uint8]  # (H, W, 3), drawn for `layout`
    layout: TileLayout
    noun: str  # what a tile is: "map", "kernel"
    order: Sequence[int]  # the number of the tile at each position
    chosen: int  # the number that is marked


def show_tiles(tiles: Tiles, *, key: str, on_choose: Callable[[int], None]) -> None:
    """Show a tiled picture; `on_choose` is told the number of a clicked tile before the page runs again."""
    layout = tiles.layout
    order = [int(number) for number in tiles.order]
    meta = {
        "height": layout.shape[0],
        "width": layout.shape[1],
        "tile": [layout.height, layout.width],
        "gap": layout.gap,
        "columns": layout.columns,
        "order": order,
        "chosen": tiles.chosen,
        "noun": tiles.noun,
        "label": f"{layout.tiles} {tiles.noun}s, {tiles.noun} {tiles.chosen} chosen",
    }

    def take() -> None:
        number = st.session_state[key].get("chosen")
        if number in order:
            on_choose(int(number))

    _tiles(key=key, data=pack(meta, [tiles.picture]), on_chosen_change=take)
