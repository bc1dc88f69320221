"""The images that a finding is about, a page at a time: each can be left out or given another class."""

import base64
import math
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.datasets import Finding, ImageRef, PreparedDataset
from cnnapp.figures.pixels import enlarge
from cnnapp.ui.data.changes import Collected
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.packing import encode_png

PER_PAGE = 24
_SIDE = 128  # pixels of a picture on the page
_LEAVE_OUT, _RELABEL = "Leave out", "Change class"
_WORDS = {"train": "training", "validation": "validation", "test": "test"}

Group = tuple[ImageRef, ...]


def show_finding_images(dataset: PreparedDataset, finding: Finding, changes: Collected, *, key: str) -> None:
    """Show a finding's images; ticks and classes go into `changes`."""
    pages = list(_pages(finding.groups))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = st.segmented_control(
            "With these images", [_LEAVE_OUT, _RELABEL], default=_LEAVE_OUT, required=True, key="finding-mode"
        )
        page = st.pagination(len(pages), key=f"{key}-page") if len(pages) > 1 else 1
    with st.container(horizontal=True):
        for group in pages[page - 1]:
            with st.container(border=finding.paired, horizontal=True, width="content"):
                for image in group:
                    _card(dataset, image, changes, relabels=mode == _RELABEL)


def _pages(groups: tuple[Group, ...]) -> Iterator[list[Group]]:
    """Yield groups so that each page has at most PER_PAGE images; a group that is larger goes on on the next page."""
    page: list[Group] = []
    room = PER_PAGE
    for group in groups:
        for start in range(0, len(group), PER_PAGE):
            part = group[start : start + PER_PAGE]
            if len(part) > room:
                yield page
                page, room = [], PER_PAGE
            page.append(part)
            room -= len(part)
    if page:
        yield page


def _card(dataset: PreparedDataset, image: ImageRef, changes: Collected, *, relabels: bool) -> None:
    split, names = dataset.splits[image.split], dataset.manifest.class_names
    label = int(split.labels[image.row])
    key = f"{dataset.digest[:16]}-{image.split}-{image.row}"
    with st.container(width=_SIDE + 8, gap="xsmall"):
        st.image(_address(split.images[image.row]), width=_SIDE, alt=f"image {image.row}")
        st.caption(f"{_WORDS[image.split]} · **{escape(names[label])}**  \n{escape(_file_name(dataset, image))}")
        if relabels:
            _ask_class(image, changes, names, (label, key))
        else:
            _ask_leave_out(image, changes, key)


def _address(image: NDArray[np.uint8]) -> str:
    """Return a picture as an address that holds it: a file of the server could be gone before a browser asks for it."""
    large = enlarge(image, max(1, math.ceil(_SIDE / max(image.shape[:2]))))
    return f"data:image/png;base64,{base64.b64encode(encode_png(large)).decode()}"


def _file_name(dataset: PreparedDataset, image: ImageRef) -> str:
    facts = dataset.splits[image.split].facts
    return f"image {image.row:,}" if facts is None else PurePosixPath(facts.files[image.row]).name


def _ask_leave_out(image: ImageRef, changes: Collected, key: str) -> None:
    key = f"out-{key}"
    st.session_state[key] = image in changes.excluded  # other findings may have marked it
    st.checkbox(_LEAVE_OUT, key=key, on_change=lambda: changes.leave_out(image, bool(st.session_state[key])))


def _ask_class(image: ImageRef, changes: Collected, names: tuple[str, ...], own: tuple[int, str]) -> None:
    label, key = own[0], f"class-{own[1]}"
    st.session_state[key] = changes.relabelled.get(image, label)
    st.selectbox(
        "Class",
        range(len(names)),
        key=key,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: changes.relabel(image, int(st.session_state[key]), own=label),
    )
