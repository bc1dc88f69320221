"""Learned kernels as one tiled picture: signed values around zero, or true colours where the inputs are colours."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.colour_maps import BACKGROUNDS, DIVERGING, Theme, compute_palette, rgb
from cnnapp.figures.tiles import TileLayout, draw_tiles, shrink_tiles

Contrast = Literal["same for all", "per kernel"]


def normalise_signed(kernels: NDArray[np.float32], contrast: Contrast) -> NDArray[np.float32]:
    """Scale kernels (h, w, channels, count) to 0-1 with zero at 0.5, all by one reach or each by its own."""
    axes = (0, 1, 2) if contrast == "per kernel" else (0, 1, 2, 3)
    finite = np.nan_to_num(kernels, nan=0.0, posinf=0.0, neginf=0.0)
    reach = np.abs(finite).max(axis=axes, keepdims=True)
    scaled = 0.5 + 0.5 * finite / np.where(reach > 0, reach, 1)
    return scaled.astype(np.float32)


def plot_kernels(
    kernels: NDArray[np.float32],
    layout: TileLayout,
    *,
    contrast: Contrast = "same for all",
    theme: Theme = "light",
) -> NDArray[np.uint8]:
    """Draw kernels as one RGB picture uint8 (H, W, 3).

    Args:
        kernels: float32 (h, w, 1, count), drawn in the diverging map, or (h, w, 3, count) over red, green and blue
            inputs, drawn in colour: grey is zero.
        layout: for `count` tiles of h × w.
        contrast: one scale for the whole picture, or each kernel its own.
        theme: of the page.
    """
    values = shrink_tiles(normalise_signed(kernels, contrast).transpose(3, 0, 1, 2), layout)
    indices = (values * 255).round().astype(np.uint8)
    tiles = indices if indices.shape[-1] == 3 else compute_palette(DIVERGING[theme])[indices[..., 0]]
    return draw_tiles(tiles, layout, rgb(BACKGROUNDS[theme]))
