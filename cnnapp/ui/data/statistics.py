"""What a data set's training images have in common: the mean of each class, and how large the files were."""

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.datasets import PreparedDataset, Split
from cnnapp.figures.aspect_ratios import compute_ratio_counts, plot_ratio_counts
from cnnapp.figures.mean_images import compute_mean_images, images_per_class
from cnnapp.figures.original_sizes import compute_size_counts, plot_size_counts
from cnnapp.figures.pixels import enlarge, enlargement
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import percent

MEAN, SIZES = "Mean images", "Sizes of the files"
CLASSES_PER_PAGE = 20
_SIDE = 80  # pixels of a mean image on the page
NO_TOOLBAR = {"displayModeBar": False}


def show_statistics(dataset: PreparedDataset) -> None:
    """Offer statistics of the training images; they are computed when somebody opens them."""
    with st.expander("Statistics", icon=":material/monitoring:", key="statistics", on_change="rerun") as opened:
        if not opened.open:
            return
        which = st.segmented_control(
            "Statistics of the training images", [MEAN, SIZES], default=MEAN, required=True, key="statistic"
        )
        (_show_means if which == MEAN else _show_sizes)(dataset)


def _show_means(dataset: PreparedDataset) -> None:
    names = dataset.manifest.class_names
    pages = math.ceil(len(names) / CLASSES_PER_PAGE)
    page = st.pagination(pages, key=f"means-{dataset.manifest.name}") if pages > 1 else 1
    there = np.unique(dataset.train.labels).tolist()  # a class may have test images only
    shown = [label for label in there if (page - 1) * CLASSES_PER_PAGE <= label < page * CLASSES_PER_PAGE]
    means = _mean_images(dataset.digest, tuple(shown), _split=dataset.train)
    large = [enlarge(mean, enlargement(mean, 2 * _SIDE)) for mean in means]
    st.image(large, caption=[escape(names[label]) for label in shown], width=_SIDE, output_format="PNG")
    most = images_per_class(dataset.manifest.image_shape, len(shown))
    st.caption(
        f"Each place averaged over the images of a class, at most {most:,} of them: what is sharp here lies at the "
        "same place in most images; where all is a blur, a network must look for parts that move."
    )


@st.cache_data(max_entries=32, show_spinner="Averaging the images of each class …")
def _mean_images(digest: str, classes: Sequence[int], *, _split: Split) -> NDArray[np.uint8]:  # noqa: ARG001 (a key)
    return compute_mean_images(_split.images, _split.labels, classes)


def _show_sizes(dataset: PreparedDataset) -> None:
    height, width, _ = dataset.manifest.image_shape
    facts = dataset.train.facts
    if facts is None:
        st.caption(f"All images came as {width}×{height} pixels: there are no files of other sizes behind them.")
        return
    sizes = facts.sizes
    st.markdown(_range_words(sizes))
    if (sizes != sizes[0]).any():
        by_size, by_ratio = st.columns(2, gap="large")
        by_size.plotly_chart(
            plot_size_counts(compute_size_counts(sizes), (height, width)), config=NO_TOOLBAR, key="file-sizes"
        )
        by_ratio.plotly_chart(plot_ratio_counts(compute_ratio_counts(sizes)), config=NO_TOOLBAR, key="file-ratios")
    st.caption(
        f"{_small_words(sizes, (height, width))} Files whose shape is far from {width}×{height} are squeezed, cut or "
        "padded most."
    )


def _small_words(sizes: NDArray[np.int32], seen: tuple[int, int]) -> str:
    """Say how many files of heights and widths (n, 2) are smaller than what the network sees."""
    small = np.any(sizes < seen, axis=1)
    if not small.any():
        return "All of them are larger than what the network sees, or as large: finer detail is lost."
    return f"{percent(float(small.mean()))} are smaller than what the network sees: enlarging them adds no detail."


def _range_words(sizes: NDArray[np.int32]) -> str:
    """Say how large files were whose heights and widths are (n, 2)."""
    order = np.argsort(sizes.astype(np.int64).prod(axis=1), kind="stable")
    least, typical, most = (f"{sizes[row][1]:,}×{sizes[row][0]:,}" for row in order[[0, len(order) // 2, -1]])
    if least == most:
        return f"All {len(sizes):,} training files have **{typical}** pixels (width × height)."
    return f"The {len(sizes):,} training files have from **{least}** to **{most}** pixels, typically **{typical}**."
