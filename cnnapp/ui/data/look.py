"""The view "Look" of the Data set page: the images themselves, how many of each class, and one of them as numbers."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets
from cnnapp.datasets import DatasetInfo, PreparedDataset
from cnnapp.figures.class_counts import compute_class_counts, plot_class_counts
from cnnapp.recipes import Recipe
from cnnapp.ui.data.gallery import show_gallery
from cnnapp.ui.data.new_version import show_new_version
from cnnapp.ui.data.one_image import inspect_image
from cnnapp.ui.data.statistics import show_statistics
from cnnapp.ui.kit.fragments import fragment

Labels = NDArray[np.int32]

SHARE = Recipe().validation_share


@fragment
def show(info: DatasetInfo) -> None:
    """Show images, how many each class has, statistics, and one image as numbers."""
    dataset = datasets.load(info.name)
    gallery, counts = st.columns([3, 2], gap="large")
    with gallery:
        split, key = show_gallery(dataset)
    with counts:
        _show_counts(dataset, *labels_of(dataset))
    show_statistics(dataset)
    inspect_image(dataset, split, key)
    show_new_version(dataset)


def labels_of(dataset: PreparedDataset) -> tuple[Labels, Labels]:
    """Return the labels of the training and the validation images, the set's own or those that will be held out."""
    labels = dataset.train.labels
    if dataset.validation is not None:
        return labels, dataset.validation.labels
    training, validation = datasets.split_validation(labels, SHARE, 0, dataset.train.groups)
    return labels[training], labels[validation]


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
