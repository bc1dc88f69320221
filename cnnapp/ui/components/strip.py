"""A network as a row of columns, one per layer with its maps small; a click opens a layer."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.style import KIND_COLOURS, KIND_NAMES, KIND_SYMBOLS
from cnnapp.ui.kit.packing import UNPACK_JS, pack

_HTML = '<div class="strip" role="group" aria-label="Layers of the network, from the image to the answer"></div>'
_CSS = """
.strip { position: relative; display: flex; gap: 6px; overflow-x: auto; padding: 4px 4px 10px; scrollbar-width: thin; }
button { flex: 0 0 auto; width: 118px; padding: 6px 4px 8px; display: flex; flex-direction: column; gap: 4px;
  align-items: center; cursor: pointer; font: 13px var(--st-font);
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-top: 4px solid var(--kind); border-radius: var(--st-base-radius); }
button:disabled { cursor: default; }
button:not(:disabled):hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
button[aria-pressed="true"] { box-shadow: 0 0 0 2px var(--st-primary-color); border-color: var(--st-primary-color);
  border-top-color: var(--kind); }
b, small { max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
small { opacity: .75; font-size: 11px; font-variant-numeric: tabular-nums; }
img { width: 96px; height: auto; border-radius: 2px; }
"""
_JS = (
    UNPACK_JS
    + """
function column(layer, url, chosen, open) {
  const button = document.createElement("button");
  const part = (tag, text) => { const node = document.createElement(tag); node.textContent = text; return node; };
  const image = new Image();
  image.src = url;
  image.alt = "";
  button.dataset.name = layer.name;
  button.title = layer.name + ": " + layer.kind + ", " + layer.shape;
  button.style.setProperty("--kind", layer.colour);
  button.setAttribute("aria-pressed", layer.name === chosen);
  const title = part("b", layer.symbol + " " + layer.name);
  button.append(title, part("small", layer.shape), image, part("small", layer.more));
  button.disabled = layer.fixed;
  button.onclick = open;
  return button;
}
export default function ({ data, parentElement, setTriggerValue }) {
  const { meta, pictures } = unpack(data);
  const strip = parentElement.querySelector(".strip");
  const urls = pictures.map((picture) => URL.createObjectURL(picture));
  const focused = parentElement.activeElement?.dataset?.name, scrolled = strip.scrollLeft;
  const columns = meta.layers.map((layer, at) => column(layer, urls[at], meta.chosen, () => {
    for (const other of columns) other.setAttribute("aria-pressed", other === columns[at]);
    setTriggerValue("layer", layer.name);
  }));
  strip.replaceChildren(...columns);
  strip.scrollLeft = scrolled;
  const open = columns.find((button) => button.getAttribute("aria-pressed") === "true");
  const right = open ? open.offsetLeft + open.offsetWidth : 0;
  const visible = open && open.offsetLeft >= strip.scrollLeft && right <= strip.scrollLeft + strip.clientWidth;
  if (open && !visible) strip.scrollLeft = open.offsetLeft - 60;
  columns.find((button) => button.dataset.name === focused)?.focus();
  return () => urls.forEach((url) => URL.revokeObjectURL(url));
}
"""
)
_strip = st.components.v2.component("cnn_lab_network_strip", html=_HTML, css=_CSS, js=_JS)


class StripColumn(NamedTuple):
    """One layer of the strip."""

    name: str
    kind: str  # as in architectures
    shape: str  # in words: "10 × 10 × 16"
    more: str  # what the picture leaves out: "+ 4 more"
    picture: NDArray[np.uint8]  # RGB (h, w, 3), shown 96 pixels wide


def show_strip(columns: Sequence[StripColumn], *, key: str, chosen: str, on_open: Callable[[str], None]) -> None:
    """Show a network's layers side by side with `chosen` marked; `on_open` is told the name that was clicked."""
    layers = [
        {
            "name": column.name,
            "kind": KIND_NAMES.get(column.kind, column.kind),
            "colour": KIND_COLOURS.get(column.kind, KIND_COLOURS["activation"]),
            "symbol": KIND_SYMBOLS.get(column.kind, ""),
            "shape": column.shape,
            "more": column.more,
            "fixed": column.kind == "input",
        }
        for column in columns
    ]

    def take() -> None:
        name = st.session_state[key].get("layer")
        if name in {column.name for column in columns}:
            on_open(name)

    parcel = pack({"layers": layers, "chosen": chosen}, [column.picture for column in columns])
    _strip(key=key, data=parcel, on_layer_change=take)
