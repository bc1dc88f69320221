"""All that the app uses of Streamlit without a promise that it stays: look here first when Streamlit changes."""

from typing import Any

from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["DeltaGenerator", "free_upload", "is_tick"]


def is_tick() -> bool:
    """Whether a fragment runs by itself, not as a part of its page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def free_upload(file: Any) -> None:
    """Free the memory of an uploaded file, which Streamlit keeps until the session ends; others are left alone."""
    context = get_script_run_ctx()
    if context is None or not isinstance(file, UploadedFile):
        return
    manager = context.uploaded_file_mgr
    if isinstance(manager, MemoryUploadedFileManager):  # others keep files outside this process
        manager.remove_file(context.session_id, file.file_id)
