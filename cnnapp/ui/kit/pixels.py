"""Small pictures shown with every pixel as a sharp square, and shapes in words."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.pixels import enlarge, enlargement
from cnnapp.ui.kit.feedback import escape


def show_pixels(image: NDArray[np.uint8], caption: str, side: int = 160) -> None:
    """Show uint8 (h, w, 1 or 3) with its longer side near `side`; a small one with every pixel as a sharp square."""
    times = enlargement(image, 2 * side)
    width = min(side, round(side * image.shape[1] / image.shape[0]))
    st.image(enlarge(image, times), caption=escape(caption), width=width, output_format="PNG")


def shape_words(shape: tuple[int, ...]) -> str:
    """Return a shape as "10 × 10 × 16"."""
    return " × ".join(str(side) for side in shape)
