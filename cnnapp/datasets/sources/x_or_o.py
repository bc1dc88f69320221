"""X or O: the two-class example of a tutorial, drawn by the app in any size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Draft, Rows, Workspace

SEED = 11
SUPERSAMPLING = 4  # drawn larger and averaged down, for smooth edges


def make(row: CatalogRow, workspace: Workspace) -> Draft:
    """Draw the set; the same size always gives the same pixels."""
    rng = np.random.default_rng(SEED)
    total = row.train + row.test
    labels = rng.permutation(np.arange(total, dtype=np.int32) % 2)
    images = np.empty((total, *row.image_shape), np.uint8)
    for index, label in enumerate(labels):
        images[index, :, :, 0] = _draw_letter("OX"[label], row.image_shape[0], rng)
        if index % 200 == 0:
            workspace.report("Drawing X and O", index, total)
    cut = row.train
    return row.draft(Rows.from_array(images[:cut], labels[:cut]), Rows.from_array(images[cut:], labels[cut:]))


def _draw_letter(letter: str, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    side = size * SUPERSAMPLING
    outline = _outline(letter, rng)
    angle = rng.uniform(-0.4, 0.4)  # radians, about 23 degrees
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    half = rng.uniform(0.26, 0.4, 2)  # half width and height, as shares of the side
    centre = 0.5 + rng.uniform(-0.06, 0.06, 2)
    canvas = Image.new("L", (side, side), int(rng.uniform(0, 30)))
    pen, ink = rng.uniform(0.06, 0.14) * side, int(rng.uniform(190, 256))
    for stroke in outline:
        _draw_stroke(canvas, ((stroke * half) @ turn.T + centre) * side, pen, ink)
    clean = np.asarray(canvas.resize((size, size), Image.Resampling.BOX), np.float32)
    noise = rng.normal(0, rng.uniform(0, 20), clean.shape)
    return np.clip(np.round(clean + noise), 0, 255).astype(np.uint8)


def _outline(letter: str, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Return strokes as points (n, 2) in -1 to 1, with the unevenness of a hand."""
    if letter == "X":
        ends = np.array([[[-1, -1], [1, 1]], [[-1, 1], [1, -1]]], float)
        return list(ends + rng.normal(0, 0.08, ends.shape))
    angles = np.linspace(0, 2 * np.pi, 49) + rng.uniform(0, 2 * np.pi)
    wobble = 1 + 0.05 * np.sin(rng.integers(2, 4) * angles + rng.uniform(0, 2 * np.pi))
    return [np.stack([np.cos(angles) * wobble, np.sin(angles) * wobble], axis=1)]


def _draw_stroke(canvas: Image.Image, points: NDArray[np.float64], pen: float, ink: int) -> None:
    drawing = ImageDraw.Draw(canvas)
    line = [(float(x), float(y)) for x, y in points]
    drawing.line(line, fill=ink, width=max(1, round(pen)), joint="curve")
    for x, y in (line[0], line[-1]):  # round ends
        drawing.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
