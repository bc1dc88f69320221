"""Samples of a data set, one row per class under its name; a click or the arrow keys choose an image."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.samples import SampleGrid
from cnnapp.ui.packing import UNPACK_JS, pack

_HTML = """<div class="scroll"><div class="samples">
<div class="names"></div><div class="tiles" tabindex="0" role="group"><img alt=""><div class="mark"></div></div>
</div></div>"""
_CSS = """
.scroll { max-height: 640px; overflow-y: auto; padding: 4px; }
.samples { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 10px; }
.names { display: grid; grid-auto-rows: 1fr; max-width: 130px; }
.names span { align-self: center; justify-self: end; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; font: 14px var(--st-font); color: var(--st-text-color); }
.tiles { position: relative; align-self: start; justify-self: start; cursor: pointer; border-radius: 4px; }
.tiles:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 3px; }
img { display: block; width: 100%; height: auto; image-rendering: pixelated; }
.mark { position: absolute; box-sizing: border-box; pointer-events: none; border-radius: 2px; display: none;
  outline: 3px solid var(--st-orange-color, #E69F00); }
"""
_JS = (
    UNPACK_JS
    + """
export default function ({ data, parentElement, setTriggerValue }) {
  const { meta, pictures } = unpack(data);
  const box = parentElement.querySelector(".tiles"), image = box.querySelector("img");
  const mark = box.querySelector(".mark"), names = parentElement.querySelector(".names");
  const url = URL.createObjectURL(pictures[0]);
  image.src = url;
  image.alt = meta.label;
  box.style.maxWidth = meta.width + "px";
  box.setAttribute("aria-label", meta.label + ". Arrow keys choose another.");
  names.replaceChildren(...meta.names.map((name) => {
    const line = document.createElement("span");
    line.textContent = line.title = name;
    return line;
  }));
  const share = (part, whole) => (100 * part) / whole + "%";
  const high = meta.tile[0] + meta.gap, wide = meta.tile[1] + meta.gap;
  let position = meta.order.indexOf(meta.chosen);
  const show = () => Object.assign(mark.style, {
    display: position < 0 ? "none" : "block",
    top: share(Math.floor(position / meta.columns) * high + meta.gap, meta.height),
    left: share((position % meta.columns) * wide + meta.gap, meta.width),
    height: share(meta.tile[0], meta.height), width: share(meta.tile[1], meta.width),
  });
  const choose = (at) => {
    if (!(meta.order[at] >= 0) || at === position) return;
    position = at;
    show();
    setTriggerValue("chosen", meta.order[at]);
  };
  box.onclick = (event) => {
    const frame = image.getBoundingClientRect();
    const row = Math.floor(((event.clientY - frame.top) / frame.height) * meta.height / high);
    const column = Math.floor(((event.clientX - frame.left) / frame.width) * meta.width / wide);
    choose(row * meta.columns + Math.min(column, meta.columns - 1));
  };
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
_samples = st.components.v2.component("cnn_lab_samples", html=_HTML, css=_CSS, js=_JS)


def show_sample_grid(
    picture: NDArray[np.uint8], grid: SampleGrid, names: Sequence[str], *, chosen: int, on_choose: Callable[[int], None]
) -> None:
    """Show samples, uint8 (H, W, 3); `on_choose` is told the row of a clicked image before the page runs again."""
    layout, order = grid.layout, [int(row) for row in grid.rows.reshape(-1)]
    meta = {
        "height": layout.shape[0],
        "width": layout.shape[1],
        "tile": [layout.height, layout.width],
        "gap": layout.gap,
        "columns": layout.columns,
        "order": order,
        "chosen": chosen,
        "names": list(names),
        "label": f"The first images of each of {len(names)} classes, one row per class",
    }

    def take() -> None:
        row = st.session_state["samples"].get("chosen")
        if row in order:
            on_choose(int(row))

    _samples(key="samples", data=pack(meta, [picture]), on_chosen_change=take)
