"""All that the app uses of Streamlit without a promise that it stays: look here first when Streamlit changes."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["DeltaGenerator", "free_upload", "give_way", "is_tick"]


def is_tick() -> bool:
    """Whether a fragment runs by itself, not as a part of its page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def give_way() -> None:
    """Let Streamlit break off this run of a page or fragment here for whoever has pressed a button meanwhile."""
    st.session_state.get("gives way")  # it does so wherever the session's state is asked for anything


def free_upload(file: Any) -> None:
    """Free the memory of an uploaded file, which Streamlit keeps until the session ends; others are left alone."""
    context = get_script_run_ctx()
    if context is None or not isinstance(file, UploadedFile):
        return
    manager = context.uploaded_file_mgr
    if isinstance(manager, MemoryUploadedFileManager):  # others keep files outside this process
        manager.remove_file(context.session_id, file.file_id)
