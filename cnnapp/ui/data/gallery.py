"""The images of a data set: some of every class, or one class page by page; a click chooses one."""

import math

import numpy as np
import streamlit as st

from cnnapp.datasets import PreparedDataset, Split
from cnnapp.figures.colour_maps import BACKGROUNDS, rgb
from cnnapp.figures.samples import PER_PAGE, PER_ROW, SampleGrid, compute_page, compute_samples, draw_samples
from cnnapp.ui.components.tiles import Tiles, show_tiles
from cnnapp.ui.kit.theme import page_theme

CLASSES_PER_PAGE = 20
_ALL = -1  # stands for no class of its own


def show_gallery(dataset: PreparedDataset) -> tuple[Split, str]:
    """Show images of the split and the class that the person chooses.

    Returns:
        The split, and the key of the session's state that holds the row of the chosen image in it.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice, split = _ask_split(dataset)
        key = f"{choice}-row-{dataset.manifest.name}"
        label = _ask_class(dataset, key)
    page_key = f"page-{choice}-{label}-{dataset.manifest.name}"
    if label == _ALL:
        _show_all(dataset, split, (key, page_key))
    else:
        _show_class(dataset, split, label, (key, page_key))
    st.session_state.setdefault(key, 0)  # where no image is shown
    return split, key


def _ask_split(dataset: PreparedDataset) -> tuple[str, Split]:
    splits = {"training" if name == "train" else name: split for name, split in dataset.splits.items()}
    choice = st.segmented_control(
        "Images of",
        list(splits),
        default="training",
        required=True,
        key=f"samples-of-{len(splits)}",
        persist_state="session",
    )
    return choice, splits[choice]


def _ask_class(dataset: PreparedDataset, row_key: str) -> int:
    names = dataset.manifest.class_names
    label: int = st.selectbox(
        "Class",
        [_ALL, *range(len(names))],
        format_func=lambda label: "all classes" if label == _ALL else names[label],
        key=f"class-of-{dataset.manifest.name}",
        persist_state="session",
        on_change=st.session_state.pop,  # the inspector goes along, to the first image of the class
        args=(row_key, None),
    )
    return label


def _show_all(dataset: PreparedDataset, split: Split, keys: tuple[str, str]) -> None:
    names = dataset.manifest.class_names
    page = _ask_page(math.ceil(len(names) / CLASSES_PER_PAGE), keys[1])
    shown = range(len(names))[(page - 1) * CLASSES_PER_PAGE : page * CLASSES_PER_PAGE]
    grid = compute_samples(split.labels, shown, dataset.manifest.image_shape)
    _show(split, grid, keys[0], tuple(names[label] for label in shown))
    st.caption(f"The first {PER_ROW} of each class. Choose a class to see all of its images.")


def _show_class(dataset: PreparedDataset, split: Split, label: int, keys: tuple[str, str]) -> None:
    rows = np.flatnonzero(split.labels == label)
    if not len(rows):
        st.info("There is no image of this class here.", icon=":material/hide_image:")
        return
    pages = math.ceil(len(rows) / PER_PAGE)
    page = _ask_page(pages, keys[1])
    _show(split, compute_page(rows, page, dataset.manifest.image_shape), keys[0])
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, len(rows))
    st.caption(f"Page {page:,} of {pages:,}: images {first:,} to {last:,} of {len(rows):,}.")


def _ask_page(pages: int, key: str) -> int:
    return st.pagination(pages, key=key, persist_state="session") if pages > 1 else 1


def _show(split: Split, grid: SampleGrid, key: str, row_names: tuple[str, ...] = ()) -> None:
    there = grid.rows[grid.rows >= 0]
    chosen = st.session_state.setdefault(key, int(there[0]) if len(there) else 0)
    picture = draw_samples(split.images, grid, rgb(BACKGROUNDS[page_theme()]))
    tiles = Tiles(picture, grid.layout, "image", grid.rows.reshape(-1).tolist(), chosen, row_names)
    show_tiles(tiles, key="samples", on_choose=lambda row: st.session_state.update({key: row}))
