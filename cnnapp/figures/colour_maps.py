"""Colour maps with one meaning everywhere: sequential for activations, diverging around zero for weights."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Theme = Literal["light", "dark"]

BACKGROUNDS: dict[Theme, str] = {"light": "#FFFFFF", "dark": "#10161D"}  # of the page, as in .streamlit/config.toml
SEQUENTIAL: dict[Theme, tuple[str, ...]] = {  # from just off the background through the primary colour
    "light": ("#EEF2F6", "#8FBBDD", "#0063A0", "#00213D"),
    "dark": ("#1C2732", "#1F608F", "#5CB8F0", "#F0FAFF"),
}
DIVERGING: dict[Theme, tuple[str, ...]] = {  # negative orange, zero near the background, positive blue
    "light": ("#7A2E00", "#E0823D", "#F3F3F3", "#4A97CE", "#003A66"),
    "dark": ("#FFC9A3", "#C2611F", "#222B35", "#2F88C6", "#B5E2FF"),
}


def compute_palette(colours: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return 256 colours, uint8 (256, 3), evenly through `colours` ("#RRGGBB")."""
    stops = np.array([rgb(colour) for colour in colours], np.float32)
    places = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(places, np.arange(len(colours)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0-255, of "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def plotly_scale(colours: tuple[str, ...]) -> list[tuple[float, str]]:
    """Return `colours` as a Plotly colour scale."""
    return [(place / (len(colours) - 1), colour) for place, colour in enumerate(colours)]
