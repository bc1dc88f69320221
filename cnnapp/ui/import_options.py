"""Size, resize mode and colour of the images that an import makes."""

import streamlit as st

from cnnapp.datasets import ImageOptions
from cnnapp.images import ResizeMode

_MODES: dict[ResizeMode, str] = {
    "stretch": "Stretch: nothing is cut off, proportions change",
    "crop": "Crop: proportions stay, the edges of the longer side are lost",
    "pad": "Pad: nothing is lost, black bars fill up",
}
_COLOURS = {"auto": "As the files", "colour": "Colour", "grey": "Grey"}
_SIZES = (16, 28, 32, 48, 64, 96, 128, 160, 200, 224)


def ask_image_options() -> ImageOptions:
    """Ask how image files become the images of the set."""
    with st.expander("Advanced", icon=":material/tune:"):
        size = st.selectbox(
            "Size",
            _SIZES,
            index=None,
            placeholder="by the files, 64×64 at most",
            format_func=lambda side: f"{side}×{side}",
            key="import-size",
            help="Larger images show more and train more slowly: twice the side, four times the time.",
        )
        mode = st.selectbox("Resize", list(_MODES), format_func=_MODES.__getitem__, key="import-mode")
        colour = st.selectbox("Colour", list(_COLOURS), format_func=_COLOURS.__getitem__, key="import-colour")
    return ImageOptions.model_validate({"size": size, "resize_mode": mode, "colour": colour})
