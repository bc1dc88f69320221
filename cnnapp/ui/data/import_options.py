"""Size, resize mode and colour of the images that an import makes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets
from cnnapp.datasets import ImageOptions
from cnnapp.images import resize

THUMBNAIL = 256  # pixels of the longer side

_MODES: Mapping[str, str] = {
    "stretch": "Stretch: nothing is cut off, proportions change",
    "crop": "Crop: proportions stay, the edges of the longer side are lost",
    "pad": "Pad: nothing is lost, black bars fill up",
}
_COLOURS: Mapping[str, str] = {"auto": "As the files", "colour": "Colour", "grey": "Grey"}
_SIZES = (16, 28, 32, 48, 64, 96, 128, 160, 200, 224)


def ask_image_options(
    samples: Sequence[NDArray[np.uint8]], key: str = "import", before: ImageOptions | None = None
) -> ImageOptions:
    """Ask how image files become the images of the set, and show what becomes of some of them.

    Args:
        samples: some of the images, uint8 (h, w, 1 or 3).
        key: of the widgets.
        before: what was chosen already.
    """
    before = before or ImageOptions()
    sizes = sorted({*_SIZES, *([before.size] if before.size else [])})
    size = st.selectbox(
        "Size",
        sizes,
        index=sizes.index(before.size) if before.size else None,
        placeholder="by the files, 64×64 at most",
        format_func=lambda side: f"{side}×{side}",
        key=f"{key}-size",
        help="Larger images show more and train more slowly: twice the side, four times the time.",
    )
    fields: dict[str, Any] = {"size": size}
    for field, label, titles in (("resize_mode", "Resize", _MODES), ("colour", "Colour", _COLOURS)):
        values = list(titles)
        place = values.index(getattr(before, field))
        fields[field] = st.selectbox(label, values, place, titles.__getitem__, key=f"{key}-{field}")
    options = ImageOptions.model_validate(fields)
    if samples:
        _show_lost(samples, options)
    return options


def _show_lost(samples: Sequence[NDArray[np.uint8]], options: ImageOptions) -> None:
    """Show each sample as its file holds it above what the network will see of it."""
    made = datasets.apply_options(samples, options)
    st.caption(f"Above as in the files, below as the network will see them: {'×'.join(map(str, made[0].shape))}.")
    for column, before, after in zip(st.columns(len(samples)), samples, made, strict=True):
        column.image(_thumbnail(before), width="stretch")
        column.image(np.repeat(np.repeat(after, 2, 0), 2, 1).squeeze(), width="stretch")


def _thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    scale = THUMBNAIL / max(height, width)
    if scale >= 1:
        return pixels.squeeze()
    return resize(pixels, max(1, round(height * scale)), max(1, round(width * scale))).squeeze()
