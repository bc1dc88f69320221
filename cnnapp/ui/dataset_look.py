"""The view "Look" of the Data set page: the images themselves, how many of each class, and one of them as numbers."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets
from cnnapp.datasets import DatasetInfo, PreparedDataset, Split
from cnnapp.figures.class_counts import compute_class_counts, plot_class_counts
from cnnapp.figures.colour_maps import BACKGROUNDS, rgb
from cnnapp.figures.samples import compute_samples, draw_samples
from cnnapp.recipes import Recipe
from cnnapp.ui.dataset_inspect import show_image, show_label
from cnnapp.ui.explore import page_theme
from cnnapp.ui.sample_grid import show_sample_grid

Labels = NDArray[np.int32]

SHARE = Recipe().validation_share


@st.fragment
def show(info: DatasetInfo) -> None:
    """Show samples, images per class, and one image as numbers."""
    dataset = datasets.load(info.name)
    samples, counts = st.columns([3, 2], gap="large")
    with samples:
        split, key = _ask_split(dataset)
        _show_samples(dataset, split, key)
    with counts:
        _show_counts(dataset, *labels_of(dataset))
    st.subheader("One image as numbers", anchor=False)
    number, label = st.columns([1, 3], gap="large")
    last = len(split.labels) - 1
    row = number.number_input(f"Image, 0 to {last:,}", 0, last, key=key, help="Or click an image above.")
    with label:
        show_label(int(split.labels[row]), dataset.manifest.class_names)
    show_image(np.asarray(split.images[row]))


def _ask_split(dataset: PreparedDataset) -> tuple[Split, str]:
    own = {"validation": dataset.validation} if dataset.validation is not None else {}
    splits = {"training": dataset.train, **own, "test": dataset.test}
    choice = st.segmented_control(
        "Samples of", list(splits), default="training", required=True, key=f"samples-of-{len(splits)}"
    )
    return splits[choice], f"{choice}-row-{dataset.manifest.name}"


def _show_samples(dataset: PreparedDataset, split: Split, key: str) -> None:
    names, shape = dataset.manifest.class_names, dataset.manifest.image_shape
    grid = compute_samples(split.labels, len(names), shape)
    picture = draw_samples(split.images, grid, rgb(BACKGROUNDS[page_theme()]))
    chosen = st.session_state.setdefault(key, int(grid.rows[grid.rows >= 0][0]))
    show_sample_grid(picture, grid, names, chosen=chosen, on_choose=lambda row: st.session_state.update({key: row}))


def _show_counts(dataset: PreparedDataset, train: Labels, validation: Labels) -> None:
    names, test = dataset.manifest.class_names, dataset.test.labels
    counts = compute_class_counts((train, validation, test), len(names))
    st.markdown("**Images per class**")
    st.plotly_chart(plot_class_counts(counts, names), config={"displayModeBar": False}, key="class-counts")
    held_out = (
        f"The set has {len(validation):,} images of its own for validation."
        if dataset.validation is not None
        else f"{100 * SHARE:.0f} % of the {len(dataset.train.labels):,} training images, the same share of every "
        f"class, are held out for validation unless you choose otherwise: {len(validation):,}."
    )
    st.caption(f"{held_out} No training sees the {len(test):,} test images.")


def labels_of(dataset: PreparedDataset) -> tuple[Labels, Labels]:
    """Return the labels of the training and the validation images, the set's own or those that will be held out."""
    labels = dataset.train.labels
    if dataset.validation is not None:
        return labels, dataset.validation.labels
    training, validation = datasets.split_validation(labels, SHARE, seed=0)
    return labels[training], labels[validation]
