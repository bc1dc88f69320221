"""The camera, and what to do where there is none."""

from typing import Any

import streamlit as st


def take_photo(label: str, key: str, **look: Any) -> Any | None:
    """Show the camera; return the photo that was taken, if any.

    Args:
        label: what to take a photo of.
        key: of the widget.
        **look: what `st.camera_input` takes.
    """
    photo = st.camera_input(label, key=key, **look)
    if photo is None:
        st.caption(
            "No picture of yourself here? Then there is no camera, or the browser may not use it: it asks first, and "
            "only on this machine or over https. Pictures can be dropped instead."
        )
    return photo
