"""Import of a file: dropped in the browser or taken from the inbox."""

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnapp import datasets
from cnnapp.datasets import ArchiveFacts
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from cnnapp.ui.dataset_jobs import follow
from cnnapp.ui.feedback import escape, plain_errors

_LAYOUT = (
    "A NumPy archive as Keras' own data sets: `x_train`, `y_train`, `x_test`, `y_test`, if you like `class_names`."
)


def import_popover() -> None:
    """Offer to import a file as a new data set."""
    key = f"import-{st.session_state.get('import-number', 0)}"  # a new key closes it
    with st.popover("Import …", icon=":material/upload:", width="stretch", key=key):
        st.caption(_LAYOUT)
        source = ask_file("import")
        if source is not None:
            with plain_errors():
                _ask_details(source)


def ask_file(key: str) -> Any:
    """Ask for an `.npz`: an uploaded file, or a path in the inbox; None when there is none yet."""
    number = st.session_state.get(f"{key}-number", 0)  # a new key empties the uploader
    limit = settings().max_upload_bytes // 1024**2
    upload = st.file_uploader("Drop an .npz file", type="npz", max_upload_size=limit, key=f"{key}-upload-{number}")
    if upload is not None:
        return upload
    inbox = {path.name: path for path in datasets.inbox_files()}
    if not inbox:
        return None
    name = st.selectbox(
        "or take one from the inbox", list(inbox), index=None, placeholder="file", key=f"{key}-inbox-{number}"
    )
    return inbox[name] if name else None


def as_source(source: Any) -> Path | bytes:
    """Return what the data room takes: the path, or the upload's bytes without a copy."""
    return source if isinstance(source, Path) else bytes(source.getvalue())


def forget_file(key: str, source: Any) -> None:
    """Empty the uploader of `ask_file(key)` and free its memory, which Streamlit keeps until the session ends."""
    st.session_state[f"{key}-number"] = st.session_state.get(f"{key}-number", 0) + 1
    context = get_script_run_ctx()
    if context is not None and isinstance(source, UploadedFile):
        manager = context.uploaded_file_mgr
        if isinstance(manager, MemoryUploadedFileManager):  # others keep files outside this process
            manager.remove_file(context.session_id, source.file_id)


def _ask_details(source: Any) -> None:
    facts = datasets.peek(source)
    st.markdown(_facts_words(facts))
    stem = Path(source.name).stem
    name = st.text_input("Name", stem[:60], key=f"import-name-{stem}", max_chars=60)
    ink = facts.image_shape[2] == 1 and st.checkbox(
        "Pen-and-ink set",
        facts.ink,
        key=f"import-ink-{stem}",
        help="Handwriting or drawings: photos of ink on paper will be inverted, cropped and centred like these.",
    )
    if st.button("Import", type="primary"):
        follow(datasets.request_import(as_source(source), name, ink=ink))
        forget_file("import", source)
        st.rerun()


def _facts_words(facts: ArchiveFacts) -> str:
    test = f"and **{facts.test:,}** test images" if facts.test else "images, from which a test part will be taken,"
    return f"**{facts.train:,}** training {test} of {'×'.join(map(str, facts.image_shape))}."


def offer_archive(name: str) -> None:
    """Offer to drop the file that stands in for a catalog row's download."""
    with st.expander(f"No network here? Use {name}.npz", icon=":material/wifi_off:"):
        st.caption(_LAYOUT)
        source = ask_file(f"archive-{name}")
        if source is not None and st.button("Use this file"):
            try:
                follow(datasets.request_prepare(name, as_source(source)))
            except CnnAppError as error:
                st.error(escape(str(error)))
            else:
                forget_file(f"archive-{name}", source)
                st.rerun()
