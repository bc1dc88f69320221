"""Files that people drop: how large they may be, and how their memory is freed."""

from typing import Any

import streamlit as st

from cnnapp.ui.kit.internals import free_upload

MAX_PICTURE_MB = 64


def forget_file(key: str, source: Any) -> None:
    """Empty the uploader whose key ends in `<key>-number`, and free the memory of what was dropped there."""
    st.session_state[f"{key}-number"] = st.session_state.get(f"{key}-number", 0) + 1
    for file in source if isinstance(source, list) else [source]:
        free_upload(file)
