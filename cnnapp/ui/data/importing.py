"""Data from outside: dropped in the browser, fetched from an address, or taken from the inbox, and read at once."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import Upload
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import choose_reading
from cnnapp.ui.data.jobs import follow
from cnnapp.ui.kit.feedback import escape, next_step, plain_errors
from cnnapp.ui.kit.uploads import forget_file

ARRAYS = (
    "An `.npz` holds `x_train` and `y_train`, best also `x_test`, `y_test`, `class_names`, saved with `numpy.savez`. "
    "Images: (number, height, width), for colour (number, height, width, 3), values 0–255 or 0–1. "
    "Labels: whole numbers from 0, or a row per image with a 1 under its class (one-hot)."
)
_FILE, _FOLDER, _ADDRESS = "File", "Folder", "Address"
_WAYS = {
    _FILE: "A zip, tar or tar.gz with a folder of images for each class; arrays or tables: see below.",
    _FOLDER: "A folder with a folder of images for each class.",
    _ADDRESS: "The public address of a zip, tar or tar.gz. The server downloads it.",
}
_READ = (
    "Folders: one for each class, also within `train`, `test`, `validation` and names like them, or the other way "
    "round; within other folders, beside masks, lists and folders that belong to nothing, which are left out.",
    "Class names in the names of the files (`cat.0.jpg`), where folders give none; a table of files and classes "
    "(CSV) beside the pictures.",
    "Archives: zip, tar, tar.gz; names in any encoding. Images: JPEG, PNG, WebP, GIF, BMP, TIFF.",
    "Arrays: `.npz`, `.npy` files side by side, MNIST's idx files, CIFAR's own archives, Quick, Draw! bitmaps, SVHN's "
    "`.mat`, Hugging Face's Parquet, tables of pixels (CSV) as Kaggle's digits.",
)
_TYPES = [suffix.removeprefix(".") for suffix in datasets.ARCHIVES]
_PACKED = ["zip", "tar", "gz", "tgz"]


def ask_source() -> None:
    """Ask for a file, a folder or an address; what is given is read at once."""
    way = st.segmented_control(
        "Import from",
        list(_WAYS),
        default=_FILE,
        required=True,
        key="import-from",
        label_visibility="collapsed",
        persist_state="session",  # it is here again, with the address, where that could not be read
    )
    st.caption(_WAYS[way])
    source = {_FILE: _ask_any_file, _FOLDER: _ask_folder, _ADDRESS: _ask_address}[way]()
    if source:
        with plain_errors():
            _read(source)
    st.caption("It is shown what was understood, and nothing is stored before you say so.")
    with st.expander("What can be read", icon=":material/help_outline:"):
        st.markdown("\n".join(f"- {line}" for line in _READ))
        st.caption(ARRAYS)
    next_step("No images yet? Make your own, from photos or the camera", pages.OWN_IMAGES)


def ask_file(key: str, types: Sequence[str]) -> Any:
    """Ask for a file of certain types: an uploaded one, or a path in the inbox; None when there is none yet."""
    number = st.session_state.get(f"{key}-number", 0)  # a new key empties the uploader
    limit = settings().max_upload_bytes // 1024**2
    what = f"Drop an .{types[0]} file" if len(types) == 1 else "Drop an archive or arrays"
    upload = st.file_uploader(what, type=list(types), max_upload_size=limit, key=f"{key}-upload-{number}")
    if upload is not None:
        return upload
    suffixes = {f".{suffix}" for suffix in types}
    inbox = {path.name: path for path in datasets.inbox_files() if path.suffix.lower() in suffixes or path.is_dir()}
    if not inbox:
        return None
    name = st.selectbox(
        "or take one from the inbox", list(inbox), index=None, placeholder="file", key=f"{key}-inbox-{number}"
    )
    return inbox[name] if name else None


def as_source(source: Any) -> Path | Upload | str:
    """Return what the data room takes: a path, an address, one file's bytes, or names and bytes of several."""
    if isinstance(source, list):
        return [(file.name, bytes(file.getvalue())) for file in source]
    return source if isinstance(source, Path | str) else bytes(source.getvalue())


def offer_archive(name: str) -> None:
    """Offer to drop the file that stands in for a catalog row's download."""
    address = datasets.download_address(name)
    wanted = PurePosixPath(urlsplit(address).path).name if address else f"{name}.npz"
    with st.expander(f"No internet connection? Use {escape(wanted)}", icon=":material/wifi_off:"):
        st.caption(f"The archive at {escape(address)}" if address else ARRAYS)
        types = _PACKED if address else ["npz"]
        source = ask_file(f"archive-{name}", types)
        if source is not None and st.button("Use this file"):
            try:
                data = source if isinstance(source, Path) else bytes(source.getvalue())
                follow(datasets.request_prepare(name, data), source.name)
            except CnnAppError as error:
                st.error(escape(str(error)))
            else:
                forget_file(f"archive-{name}", source)
                st.rerun()


def _ask_any_file() -> Any:
    return ask_file("import", _TYPES)


def _ask_folder() -> Any:
    number = st.session_state.get("import-number", 0)
    return st.file_uploader(
        "Drop a folder",
        accept_multiple_files="directory",
        max_upload_size=settings().max_upload_bytes // 1024**2,
        key=f"import-folder-{number}",
    )


def _ask_address() -> str:
    with st.form("import-address-form", border=False):
        address = st.text_input(
            "Address",
            key="import-address",
            placeholder="https://example.org/photos.zip",
            max_chars=2000,
            persist_state="session",
        )
        return (address or "").strip() if st.form_submit_button("Read it") else ""


def _read(source: Any) -> None:
    """Have a source be read, free the server's memory of it, and show how far it is."""
    name = "" if isinstance(source, str) else source[0].name if isinstance(source, list) else source.name
    job = datasets.request_reading(as_source(source), file_name=PurePosixPath(name).parts[0] if name else "")
    forget_file("import", source)
    choose_reading(job)
    st.rerun()
