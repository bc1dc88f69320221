"""A layer's feature maps as one tiled picture, from the background (low) to the primary colour (high)."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.colour_maps import BACKGROUNDS, SEQUENTIAL, Theme, compute_palette, rgb
from cnnapp.figures.tiles import TileLayout, draw_tiles, shrink_tiles

Contrast = Literal["per map", "same for all"]


class MapStatistics(NamedTuple):
    """What is said about one map."""

    low: float
    high: float
    mean: float
    zeros: float  # share of exact zeros, 0-1


def as_maps(output: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return any layer's output as maps (h, w, count): a vector's values become maps of one value each."""
    return output if output.ndim == 3 else output.reshape(1, 1, -1)


def compute_statistics(values: NDArray[np.float32]) -> MapStatistics:
    """Return range, mean and share of zeros of one map."""
    return MapStatistics(float(values.min()), float(values.max()), float(values.mean()), float((values == 0).mean()))


def order_by_activity(maps: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the channels of maps (h, w, count), the one with the highest mean first."""
    return np.argsort(-maps.mean(axis=(0, 1)), kind="stable")


def normalise(maps: NDArray[np.float32], contrast: Contrast) -> NDArray[np.float32]:
    """Scale maps (h, w, count) to 0-1: each by its own range or all by one; what does not vary, or is not finite, is 0.

    Maps of one value each share a scale that takes in zero; a lone value, a sigmoid's, is measured against 1.
    """
    finite = np.nan_to_num(maps, nan=0.0, posinf=0.0, neginf=0.0)
    values = maps.shape[:2] == (1, 1)
    axes = (0, 1) if contrast == "per map" and not values else (0, 1, 2)
    low, high = finite.min(axis=axes, keepdims=True), finite.max(axis=axes, keepdims=True)
    if values:
        low, high = np.minimum(low, 0), np.maximum(high, 1 if maps.size == 1 else 0)
    scaled: NDArray[np.float32] = (finite - low) / np.where(high > low, high - low, 1)
    return scaled


def plot_feature_maps(
    maps: NDArray[np.float32], layout: TileLayout, *, contrast: Contrast = "per map", theme: Theme = "light"
) -> NDArray[np.uint8]:
    """Draw float32 maps (h, w, count), in this order, as one RGB picture uint8 (H, W, 3)."""
    values = shrink_tiles(normalise(maps, contrast).transpose(2, 0, 1), layout)
    tiles = compute_palette(SEQUENTIAL[theme])[(values * 255).astype(np.uint8)]
    return draw_tiles(tiles, layout, rgb(BACKGROUNDS[theme]))
