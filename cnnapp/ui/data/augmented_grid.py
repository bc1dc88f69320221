"""The live preview of augmentation: the same few training images in rows, as they are and in several draws."""

import numpy as np
import streamlit as st

from cnnapp.datasets import PreparedDataset, augmentation
from cnnapp.figures.augmented import choose_examples, draw_augmented, mixed_labels, shrink_examples
from cnnapp.recipes import Augmentation
from cnnapp.ui.kit.packing import UNPACK_JS, pack

IMAGES, DRAWS = 4, 5

_HTML = '<div class="grid" role="group"></div>'
_CSS = """
.grid { display: grid; gap: 6px; font: 13px var(--st-font); color: var(--st-text-color); }
.head { text-align: center; }
figure { margin: 0; min-width: 0; }
.tile { width: 100%; border-radius: 3px; }
figcaption { font-size: 12px; line-height: 1.25; padding-top: 2px; text-align: center;
  white-space: pre-line; overflow-wrap: anywhere; }
.original .tile { outline: 2px solid var(--st-border-color); }
@media (max-width: 640px) { .grid { gap: 3px; font-size: 11px; } figcaption { font-size: 10px; } }
"""
_JS = (
    UNPACK_JS
    + """
export default function ({ data, parentElement }) {
  const { meta, pictures } = unpack(data);
  const grid = parentElement.querySelector(".grid"), url = URL.createObjectURL(pictures[0]);
  const place = (at, all) => (all > 1 ? (100 * at) / (all - 1) : 0) + "%";
  const head = meta.heads.map((words) => {
    const line = document.createElement("div");
    line.className = "head";
    line.textContent = words;
    return line;
  });
  const cells = meta.captions.map((words, at) => {
    const cell = document.createElement("figure"), tile = document.createElement("div");
    const row = Math.floor(at / meta.columns), column = at % meta.columns;
    if (!column) cell.className = "original";
    tile.className = "tile";
    tile.setAttribute("role", "img");
    tile.setAttribute("aria-label", `Image ${row + 1}, ${meta.heads[column]}`);
    Object.assign(tile.style, {
      aspectRatio: meta.tile[1] + " / " + meta.tile[0],
      background: `url(${url}) ${place(column, meta.columns)} ${place(row, meta.rows)}`,
      backgroundSize: 100 * meta.columns + "% " + 100 * meta.rows + "%",
      imageRendering: meta.tile[0] < 100 ? "pixelated" : "auto",
    });
    cell.append(tile);
    if (words) {
      const line = document.createElement("figcaption");
      line.textContent = words;
      cell.append(line);
    }
    return cell;
  });
  const picture = new Image();
  picture.src = url;
  picture.decode().catch(() => {}).then(() => {  // what stands there stays until its successor can be drawn
    grid.style.gridTemplateColumns = `repeat(${meta.columns}, minmax(0, 116px))`;
    grid.setAttribute("aria-label", meta.label);
    grid.replaceChildren(...head, ...cells);
  });
  return () => URL.revokeObjectURL(url);
}
"""
)
_grid = st.components.v2.component("cnn_lab_augmented", html=_HTML, css=_CSS, js=_JS)


def show_augmented(dataset: PreparedDataset, rules: Augmentation, *, seed: int, key: str) -> None:
    """Show some training images and `DRAWS` draws of each; the same seed draws the same again."""
    rows = choose_examples(dataset.train.labels, IMAGES)
    originals, labels = shrink_examples(np.asarray(dataset.train.images[rows])), dataset.train.labels[rows]
    names, (height, width, channels) = dataset.manifest.class_names, originals.shape[1:]
    draws, captions = [], [[names[label] for label in labels]]
    for epoch in range(DRAWS):
        drawn = augmentation.draw(rules, len(rows), (height, width, channels), seed=seed, epoch=epoch)
        partner = 1 + epoch % max(1, len(rows) - 1)
        draws.append(augmentation.apply(originals, drawn, partner=partner))
        mixed = mixed_labels(names, labels, drawn["share"], partner) if "share" in drawn else [""] * len(rows)
        captions.append(mixed)
    grid = draw_augmented(originals, np.stack(draws))
    meta = {
        "rows": grid.layout.rows,
        "columns": grid.layout.columns,
        "tile": [grid.layout.height, grid.layout.width],
        "heads": ["original", *(f"draw {number}" for number in range(1, DRAWS + 1))],
        "captions": [column[row] for row in range(len(rows)) for column in captions],
        "label": f"{len(rows)} training images, each as it is and in {DRAWS} random draws",
    }
    _grid(key=key, data=pack(meta, [grid.picture]))
