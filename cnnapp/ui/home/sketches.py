"""The small pictures of Home, all 160 by 100 units on a transparent ground, so that they stand in light and dark."""

import io
from collections.abc import Sequence
from html import escape
from math import log2

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnapp.figures.style import FAMILIES, TRAINING, VALIDATION
from cnnapp.ui.kit.words import percent

GREY = "#7D8A97"  # readable on white and on the dark ground
MAP_BLUE = (58, 150, 208)  # stands out from both grounds
Pixels = NDArray[np.uint8]


def _svg(parts: Sequence[str]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 100">{"".join(parts)}</svg>'


def draw_network(layers: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    """Return an SVG of the volumes from left to right: height of a box by image size, width by channels.

    Args:
        layers: family (as in `style.FAMILIES`) and output shape (height, width, channels) or (units,) of each layer.
    """
    sizes = [(family, *_box(shape)) for family, shape in layers]
    gap = 3.0
    scale = (160 - gap * (len(sizes) - 1)) / sum(width for _, width, _ in sizes)
    tallest = max(height for _, _, height in sizes)
    parts, left = [], 0.0
    for family, width, height in sizes:
        wide, tall = width * scale, 92 * height / tallest
        parts.append(
            f'<rect x="{left:.1f}" y="{50 - tall / 2:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="1.5" '
            f'fill="{FAMILIES[family].colour}"/>'
        )
        left += wide + gap
    return _svg(parts)


def _box(shape: tuple[int, ...]) -> tuple[float, float]:
    """Width and height of a layer's box; units stand as one thin column, so that dense layers do not dwarf the maps."""
    if len(shape) == 1:
        return 3.0, 4 + 2.5 * log2(1 + shape[0])
    return 3 + 1.5 * log2(1 + shape[-1]), float(shape[0])


def draw_curves(training: Sequence[float], validation: Sequence[float | None]) -> str:
    """Return an SVG of accuracy (0-1) by epoch: training as a line, validation as dots."""
    measured = [value for value in validation if value is not None]
    low = min([*training, *measured], default=0.0)
    span = max(1.0 - low, 0.01)

    def point(epoch: int, value: float) -> tuple[float, float]:
        return 12 + 142 * epoch / max(1, len(training) - 1), 88 - 80 * (value - low) / span

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(point, range(len(training)), training))
    dots = [(epoch, value) for epoch, value in enumerate(validation) if value is not None]
    circles = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in (point(*dot) for dot in dots))
    return _svg(
        [
            f'<path d="M6 4V94H156" fill="none" stroke="{GREY}" stroke-width="1"/>',
            f'<polyline points="{line}" fill="none" stroke="{TRAINING}" stroke-width="2.4" stroke-linejoin="round"/>',
            f'<g fill="{VALIDATION}">{circles}</g>',
        ]
    )


def draw_answer(top: Sequence[tuple[str, float]]) -> str:
    """Return an SVG of the most probable classes, as bars with their percentages."""
    parts = []
    for row, (name, share) in enumerate(top[:3]):
        y = 8 + 31 * row
        short = escape(name if len(name) <= 16 else f"{name[:15]}…")
        parts.append(
            f'<g fill="{GREY}" font-family="sans-serif" font-size="11"><text x="4" y="{y + 8}">{short}</text>'
            f'<text x="156" y="{y + 8}" text-anchor="end">{escape(percent(share))}</text></g>'
            f'<rect x="4" y="{y + 12}" width="152" height="6" rx="3" fill="{GREY}" fill-opacity="0.25"/>'
            f'<rect x="4" y="{y + 12}" width="{max(2.0, 152 * share):.1f}" height="6" rx="3" fill="{TRAINING}"/>'
        )
    return _svg(parts)


def tile_samples(images: Pixels) -> bytes:
    """Return a PNG of images uint8 (n, height, width, 1 or 3) in 3 rows of 5, or of as many as there are."""
    opaque = [
        np.dstack([np.broadcast_to(image, (*image.shape[:2], 3)), np.full(image.shape[:2], 255)]) for image in images
    ]
    return _tile(np.asarray(opaque, np.uint8), 5, 3)


def tile_maps(maps: NDArray[np.float32]) -> bytes:
    """Return a PNG of the first six of maps (height, width, channels), each from transparent to its maximum."""
    channels = np.moveaxis(maps, -1, 0)
    peaks = channels.max(axis=(1, 2), keepdims=True)
    strength = np.clip(channels / np.where(peaks > 0, peaks, 1), 0, 1)
    tiles = np.empty((*channels.shape, 4), np.uint8)
    tiles[..., :3] = MAP_BLUE
    tiles[..., 3] = (20 + 235 * strength).astype(np.uint8)
    return _tile(tiles, 3, 2)


def _tile(tiles: Pixels, columns: int, rows: int) -> bytes:
    """Put RGBA tiles side by side, enlarged without smoothing, in the middle of a sheet of 480 by 300 pixels."""
    side, gap = 294 // rows - 6, 6
    sheet = Image.new("RGBA", (480, 300))
    left = (480 - columns * (side + gap) + gap) // 2
    for place, tile in enumerate(tiles[: columns * rows]):
        y, x = divmod(place, columns)
        picture = Image.fromarray(tile).resize((side, side), Image.Resampling.NEAREST)
        sheet.paste(picture, (left + x * (side + gap), 6 + y * (side + gap)))
    data = io.BytesIO()
    sheet.save(data, "PNG")
    return data.getvalue()
