"""One image of a data set: its label, its pixels as numbers, its channels, and the file that it was."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.datasets import PreparedDataset, Split
from cnnapp.figures.pixels import (
    MOST_SHOWN,
    PixelRegion,
    compute_region,
    enlarge,
    enlargement,
    mark_region,
    plot_pixels,
    split_channels,
)
from cnnapp.figures.value_counts import compute_value_counts, plot_value_counts
from cnnapp.ui.data.file_facts import show_file_facts
from cnnapp.ui.kit.feedback import escape

CHANNELS = {"red": "#FF0000", "green": "#00FF00", "blue": "#0000FF"}
NO_TOOLBAR = {"displayModeBar": False}


class _Asked(NamedTuple):
    """Which numbers are shown."""

    row: int
    channel: int
    top: int
    left: int


def inspect_image(dataset: PreparedDataset, split: Split, key: str) -> None:
    """Show one image of a split; the session's `key` holds its row."""
    names, shape = dataset.manifest.class_names, dataset.manifest.image_shape
    heading, choice = st.columns([3, 1], gap="large", vertical_alignment="bottom")
    with choice.popover("Choose …", icon=":material/tune:", width="stretch"):
        asked = _ask(len(split.labels), shape, key)
    heading.subheader(f"Image {asked.row:,} as numbers", anchor=False)
    image = np.asarray(split.images[asked.row])
    region = compute_region(image[:, :, asked.channel], asked.top, asked.left)
    picture, numbers = st.columns([2, 3], gap="large")
    with picture:
        _show_picture(image, region)
        show_file_facts(split.facts, asked.row, dataset.preprocess)
    with numbers:
        _show_label(int(split.labels[asked.row]), names)
        colour = list(CHANNELS.values())[asked.channel] if shape[2] == 3 else "#FFFFFF"
        st.plotly_chart(plot_pixels(region, colour), config=NO_TOOLBAR, key="inspect-pixels")
        st.caption(f"How many of its {image.shape[0] * image.shape[1]:,} pixels have which value, 0 to 255:")
        st.plotly_chart(plot_value_counts(compute_value_counts(image)), config=NO_TOOLBAR, key="inspect-values")


def _ask(count: int, shape: tuple[int, int, int], key: str) -> _Asked:
    row = st.number_input(
        f"Image, 0 to {count - 1:,}", 0, count - 1, key=key, persist_state="session", help="Or click an image above."
    )
    channel = _ask_channel() if shape[2] == 3 else 0
    return _Asked(int(row), channel, _ask_start("row", shape[0]), _ask_start("column", shape[1]))


def _ask_channel() -> int:
    name = st.segmented_control(
        "Numbers of channel", list(CHANNELS), default="red", required=True, key="inspect-channel"
    )
    return list(CHANNELS).index(name)


def _ask_start(side: str, length: int) -> int:
    last = length - MOST_SHOWN
    if last <= 0:
        return 0
    return int(st.slider(f"First {side} of the frame", 0, last, last // 2, key=f"inspect-{side}-{length}"))


def _show_label(label: int, names: tuple[str, ...]) -> None:
    """Show a label as the network's target: a one under its class, zeros under the others."""
    st.markdown(
        f"Label **{escape(names[label])}**, class number {label} of {len(names)}. What the network shall answer: a 1 "
        "under this class, a 0 under all others (one-hot)."
    )
    width = 52 if max(map(len, names)) < 4 else None
    st.dataframe(
        {name: [int(index == label)] for index, name in enumerate(names)},
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(width=width) for name in names},
    )


def _show_picture(image: NDArray[np.uint8], region: PixelRegion) -> None:
    """Show uint8 (h, w, c) enlarged, a frame around the region whose numbers are shown, and its colours apart."""
    caption = "Numbers are shown of what is framed." if max(image.shape[:2]) > MOST_SHOWN else None
    marked = mark_region(image, region, times := enlargement(image, 320))
    st.image(marked, width=times * image.shape[1], output_format="PNG", caption=caption)
    _show_channels(image)


def _show_channels(image: NDArray[np.uint8]) -> None:
    if image.shape[2] == 1:
        st.caption("One channel, grey: each pixel is one number, from 0, black, to 255, white.")
        return
    parts = [enlarge(part, enlargement(part, 160)) for part in split_channels(image)]
    st.image(parts, caption=list(CHANNELS), width=100, output_format="PNG")
    st.caption("Three channels: each pixel is three numbers, from 0 to 255: how much red, green and blue it has.")
