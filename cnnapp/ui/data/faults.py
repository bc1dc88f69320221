"""What a person would see of a data set at a glance: classes that lack images, and pictures without a label."""

import numpy as np
import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import Finding, PreparedDataset
from cnnapp.figures.colour_maps import BACKGROUNDS, rgb
from cnnapp.figures.samples import PER_ROW, Images, compute_page, draw_samples
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.theme import page_theme

MOST_CLASSES = 20  # whose images are shown
_ICONS = {"serious": ":red[:material/error:]", "check": ":orange[:material/warning:]", "note": ":material/info:"}


def show_faults(dataset: PreparedDataset) -> None:
    """Say which classes cannot be learned or tested; a click shows their images."""
    for finding in datasets.find_class_faults(dataset):
        label = f"{_ICONS[finding.severity]} {escape(finding.sentence)}"
        with st.expander(label, key=f"fault-{finding.kind}", on_change="rerun") as opened:
            if opened.open:
                _show_classes(dataset, finding)


def show_unlabelled(dataset: PreparedDataset) -> None:
    """Show some of the images that came without a class."""
    own = dataset.unlabelled
    if own is None:
        return
    count = len(own.images)
    label = f"{count:,} {'image' if count == 1 else 'images'} without a label"
    with st.expander(label, icon=":material/help_outline:", key="unlabelled", on_change="rerun") as opened:
        if opened.open:
            _show_row(own.images, np.linspace(0, count - 1, min(count, 2 * PER_ROW)).astype(np.int64))
            st.caption("No network is trained or tested with them: they are kept to be predicted, or labelled later.")


def _show_classes(dataset: PreparedDataset, finding: Finding) -> None:
    names = dataset.manifest.class_names
    for group in finding.groups[:MOST_CLASSES]:
        split = dataset.splits[group[0].split]
        rows = np.array([image.row for image in group[:PER_ROW]], np.int64)
        where = "training" if group[0].split == "train" else group[0].split
        st.caption(f"**{escape(names[split.labels[rows[0]]])}**, {where} images:")
        _show_row(split.images, rows)
    if not finding.groups:
        st.caption("There is no image of it in this part of the set.")


def _show_row(images: Images, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    height, width, channels = images.shape[1:]
    grid = compute_page(rows, 1, (height, width, channels))
    st.image(draw_samples(images, grid, rgb(BACKGROUNDS[page_theme()])), output_format="PNG")
