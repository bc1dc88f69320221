"""Coloured shapes on coloured, noisy grounds, drawn by the app: the bundled set with three channels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Draft, Rows, Workspace

SEED = 12
SUPERSAMPLING = 4
CONTRAST = 140.0  # least distance of shape and ground in RGB, so that every image can be told by eye

Points = NDArray[np.float64]


def make(row: CatalogRow, workspace: Workspace) -> Draft:
    """Draw the set; the same size always gives the same pixels."""
    rng = np.random.default_rng(SEED)
    total = row.train + row.test
    labels = rng.permutation(np.arange(total, dtype=np.int32) % len(row.class_names))
    images = np.empty((total, *row.image_shape), np.uint8)
    for index, label in enumerate(labels):
        images[index] = _draw_shape(row.class_names[label], row.image_shape[0], rng)
        if index % 200 == 0:
            workspace.report("Drawing the shapes", index, total)
    cut = row.train
    return row.draft(Rows.from_array(images[:cut], labels[:cut]), Rows.from_array(images[cut:], labels[cut:]))


def outline(kind: str) -> Points:
    """Return the corners of a shape, (n, 2), the farthest of them 1 away from the centre."""
    if kind == "circle":
        return _polar(np.ones(48))
    if kind == "star":
        return _polar(np.tile([1.0, 0.42], 5))
    if kind == "cross":
        arm = np.array([[-0.3, -1], [0.3, -1], [0.3, -0.3]])
        quarter = np.array([[0, -1], [1, 0]])
        corners = [arm @ np.linalg.matrix_power(quarter, turn).T for turn in range(4)]
        return np.asarray(np.concatenate(corners) / np.hypot(0.3, 1))
    return _polar(np.ones({"square": 4, "triangle": 3}[kind]))


def _polar(radii: NDArray[np.float64]) -> Points:
    angles = np.arange(len(radii)) * (2 * np.pi / len(radii))
    return np.stack([np.sin(angles) * radii, -np.cos(angles) * radii], axis=1)


def _draw_shape(kind: str, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    side = size * SUPERSAMPLING
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(0.32, 0.45)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = 0.5 + rng.uniform(-1, 1, 2) * (0.47 - radius)
    ground, colour = _two_colours(rng)
    canvas = Image.new("RGB", (side, side), tuple(ground.tolist()))
    corners = (outline(kind) @ turn.T * radius + centre) * side
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in corners], fill=tuple(colour.tolist()))
    clean = np.asarray(canvas.resize((size, size), Image.Resampling.BOX), np.float32)
    noise = rng.normal(0, rng.uniform(2, 12), clean.shape)
    return np.clip(np.round(clean + noise), 0, 255).astype(np.uint8)


def _two_colours(rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    while True:
        ground, colour = rng.integers(20, 236, (2, 3))
        if np.linalg.norm(ground - colour) >= CONTRAST:
            return ground, colour
