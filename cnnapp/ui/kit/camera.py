"""The camera, and what to do where there is none."""

from typing import Any, Final

import streamlit as st

RESOLUTION: Final = "480p"  # more than any network here takes in


def take_photo(label: str, key: str, **look: Any) -> Any | None:
    """Show the camera; return the photo that was taken, if any.

    Args:
        label: what to take a photo of.
        key: of the widget.
        **look: what `st.camera_input` takes.
    """
    # Without a resolution the browser asks for the widget's width, learns it a second later and starts the camera anew:
    # the picture blinks, and a press in that moment takes nothing.
    photo = st.camera_input(label, key=key, resolution=RESOLUTION, **look)
    if photo is None:
        st.caption(
            "No picture of yourself here? Then there is no camera, or the browser may not use it: it asks first, and "
            "only on this machine or over https. Pictures can be dropped instead."
        )
    return photo
