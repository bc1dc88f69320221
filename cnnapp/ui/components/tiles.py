"""A picture of many tiles on the page, its rows named if they mean something; a click or the arrow keys choose one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout
from cnnapp.ui.kit.packing import UNPACK_JS, pack

_HTML = """<div class="frame"><div class="names"></div>
<div class="tiles" tabindex="0" role="group"><img alt=""><div class="mark"></div><div class="tip"></div></div></div>"""
_CSS = """
.frame.named { max-height: 640px; overflow-y: auto; padding: 4px; display: grid; gap: 10px;
  grid-template-columns: auto minmax(0, 1fr); }
.names { display: none; }
.named .names { display: grid; grid-auto-rows: 1fr; max-width: 130px; }
.names span { align-self: center; justify-self: end; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; font: 14px var(--st-font); color: var(--st-text-color); }
.tiles { position: relative; display: inline-block; align-self: start; justify-self: start; max-width: 100%;
  cursor: pointer; border-radius: 4px; }
.tiles:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 3px; }
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
  const frame = parentElement.querySelector(".frame"), names = parentElement.querySelector(".names");
  const url = URL.createObjectURL(pictures[0]);
  image.src = url;
  image.alt = meta.label;
  image.style.width = meta.width + "px";
  box.setAttribute("aria-label", meta.label + ". Arrow keys choose another.");
  frame.classList.toggle("named", meta.names.length > 0);
  names.replaceChildren(...meta.names.map((name) => {
    const line = document.createElement("span");
    line.textContent = line.title = name;
    return line;
  }));
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
    if (!(meta.order[at] >= 0) || at === position) return;
    position = at;
    show();
    setTriggerValue("chosen", meta.order[at]);
  };
  const under = (event) => {
    const shown = image.getBoundingClientRect();
    const y = ((event.clientY - shown.top) / shown.height) * meta.height - meta.gap / 2;
    const x = ((event.clientX - shown.left) / shown.width) * meta.width - meta.gap / 2;
    const row = Math.floor(y / (meta.tile[0] + meta.gap)), column = Math.floor(x / (meta.tile[1] + meta.gap));
    const at = row * meta.columns + column;
    return row >= 0 && column >= 0 && column < meta.columns && meta.order[at] >= 0 ? at : null;
  };
  box.onclick = (event) => choose(under(event));
  box.onpointermove = (event) => {
    const at = under(event);
    tip.style.display = at === null ? "none" : "block";
    if (at === null) return;
    const [top, left] = corner(at);
    tip.textContent = meta.noun + " " + meta.order[at];
    tip.style.left = share(left, meta.width);
    tip.style.top = `max(${meta.names.length ? 0 : -22}px, calc(${share(top, meta.height)} - 22px))`;
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
