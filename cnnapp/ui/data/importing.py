"""Import of data: dropped in the browser, fetched from an address, or taken from the inbox."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets
from cnnapp.datasets import ArchiveFacts, Choices, ImageOptions, Ink, Upload
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from cnnapp.ui import pages
from cnnapp.ui.data.import_options import ask_image_options
from cnnapp.ui.data.jobs import follow
from cnnapp.ui.kit.feedback import escape, next_step, plain_errors
from cnnapp.ui.kit.uploads import forget_file

ARRAYS = (
    "An `.npz` holds `x_train` and `y_train`, best also `x_test`, `y_test`, `class_names`, saved with `numpy.savez`. "
    "Images: (number, height, width), for colour (number, height, width, 3), values 0–255 or 0–1. "
    "Labels: whole numbers from 0, or a row per image with a 1 under its class (one-hot)."
)
_FILE, _FOLDER, _ADDRESS = "File", "Folder", "Address"
_CLASSES = "a folder of images for each class; folders `train` and `test` (and `validation`) around them are recognised"
_LAYOUTS = {
    _FILE: f"A zip, tar or tar.gz with {_CLASSES}, or arrays: `.npz`, CIFAR's, MNIST's.",
    _FOLDER: f"A folder with {_CLASSES}.",
    _ADDRESS: f"The public address of a zip, tar or tar.gz with {_CLASSES}. The server downloads it.",
}
SAMPLES = 4  # images that show what is lost
_TYPES = ["npz", "zip", "tar", "gz", "tgz"]


def import_popover() -> None:
    """Offer to import a new data set."""
    key = f"import-{st.session_state.get('import-number', 0)}"  # a new key closes it
    with st.popover("Import …", icon=":material/upload:", width="stretch", key=key, on_change="rerun"):
        kind = st.segmented_control(
            "Import from", list(_LAYOUTS), default=_FILE, required=True, key="import-from", label_visibility="collapsed"
        )
        st.caption(_LAYOUTS[kind])
        if kind == _FILE:
            st.caption(ARRAYS)
        source = {_FILE: _ask_any_file, _FOLDER: _ask_folder, _ADDRESS: _ask_address}[kind]()
        if source:
            with plain_errors():
                _ask_details(source)
        else:
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
    return (
        st.text_input("Address", key="import-address", placeholder="https://example.org/photos.zip", max_chars=2000)
        or ""
    ).strip()


def _ask_details(source: Any) -> None:
    suggested = _suggested_name(source)
    is_npz = not isinstance(source, list | str) and Path(source.name).suffix.lower() == ".npz"
    facts = datasets.peek(source) if is_npz else None
    if facts is not None:
        st.markdown(_facts_words(facts))
    elif isinstance(source, list):
        st.markdown(f"**{len(source):,}** files, {sum(file.size for file in source) / 1e6:,.1f} MB.")
    name = st.text_input("Name", suggested, key=f"import-name-{suggested}", max_chars=60)
    ink = _ask_ink(facts, suggested)
    options = ImageOptions() if is_npz else ask_image_options(_samples(source))
    if st.button("Import", type="primary"):
        choices = Choices(ink=ink, images=options)
        job = datasets.request_import(as_source(source), name, choices=choices, file_name=_file_name(source))
        follow(job, _file_name(source))
        forget_file("import", source)
        st.session_state.pop("import-samples", None)
        st.rerun()


def _file_name(source: Any) -> str:
    if isinstance(source, str):
        return PurePosixPath(urlsplit(source).path).name
    return PurePosixPath(source[0].name).parts[0] if isinstance(source, list) else str(source.name)


def _samples(source: Any) -> list[NDArray[np.uint8]]:
    """Return some images of `source`, looked for once."""
    if isinstance(source, str):
        return []
    first = source[0] if isinstance(source, list) else source
    key = (str(first) if isinstance(first, Path) else first.file_id, len(source) if isinstance(source, list) else 1)
    if st.session_state.get("import-samples", (None, []))[0] != key:
        with st.spinner("Looking at some images …"):
            st.session_state["import-samples"] = (key, datasets.sample_images(source, SAMPLES))
    samples: list[NDArray[np.uint8]] = st.session_state["import-samples"][1]
    return samples


def _suggested_name(source: Any) -> str:
    path = PurePosixPath(_file_name(source))
    return path.name.removesuffix(path.suffix).removesuffix(".tar")[:60]


def _ask_ink(facts: ArchiveFacts | None, suggested: str) -> Ink:
    if facts is None:
        return "auto"
    wanted = facts.image_shape[2] == 1 and st.checkbox(
        "Pen-and-ink set",
        facts.ink,
        key=f"import-ink-{suggested}",
        help="Handwriting or drawings: photos of ink on paper will be inverted, cropped and centred like these.",
    )
    return "on" if wanted else "off"


def _facts_words(facts: ArchiveFacts) -> str:
    test = f"and **{facts.test:,}** test images" if facts.test else "images, from which a test part will be taken,"
    return f"**{facts.train:,}** training {test} of {'×'.join(map(str, facts.image_shape))}."


def offer_archive(name: str) -> None:
    """Offer to drop the file that stands in for a catalog row's download."""
    address = datasets.download_address(name)
    wanted = PurePosixPath(urlsplit(address).path).name if address else f"{name}.npz"
    with st.expander(f"No internet connection? Use {escape(wanted)}", icon=":material/wifi_off:"):
        st.caption(f"The archive at {escape(address)}" if address else ARRAYS)
        source = ask_file(f"archive-{name}", _TYPES[1:] if address else ["npz"])
        if source is not None and st.button("Use this file"):
            try:
                data = source if isinstance(source, Path) else bytes(source.getvalue())
                follow(datasets.request_prepare(name, data), source.name)
            except CnnAppError as error:
                st.error(escape(str(error)))
            else:
                forget_file(f"archive-{name}", source)
                st.rerun()
