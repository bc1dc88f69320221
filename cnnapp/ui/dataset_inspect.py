"""One image of a data set as numbers: pixels, channels, label."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.figures.pixels import (
    MOST_SHOWN,
    compute_region,
    enlarge,
    enlargement,
    mark_region,
    plot_pixels,
    split_channels,
)
from cnnapp.ui.feedback import escape

CHANNELS = {"red": "#FF0000", "green": "#00FF00", "blue": "#0000FF"}


def show_label(label: int, names: tuple[str, ...]) -> None:
    """Show a label as the network's target: a one under its class, zeros under the others."""
    st.markdown(
        f"Label **{escape(names[label])}**, class number {label} of {len(names)}; as the network's target, one-hot:"
    )
    width = 52 if max(map(len, names)) < 4 else None
    st.dataframe(
        {name: [int(index == label)] for index, name in enumerate(names)},
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(width=width) for name in names},
    )


def show_image(image: NDArray[np.uint8]) -> None:
    """Show an image of the set, uint8 (h, w, c), enlarged, as numbers, and its colours apart."""
    picture, numbers = st.columns([2, 3], gap="large")
    with numbers:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            channel = _ask_channel() if image.shape[2] == 3 else 0
            top, left = _ask_window(image.shape[0], image.shape[1])
        region = compute_region(image[:, :, channel], top, left)
        colour = list(CHANNELS.values())[channel] if image.shape[2] == 3 else "#FFFFFF"
        st.plotly_chart(plot_pixels(region, colour), config={"displayModeBar": False}, key="inspect-pixels")
    with picture:
        framed = max(image.shape[:2]) > MOST_SHOWN
        caption = "Numbers are shown of what is framed." if framed else None
        marked = mark_region(image, region, times := enlargement(image, 320))
        st.image(marked, width=times * image.shape[1], output_format="PNG", caption=caption)
        _show_channels(image)


def _ask_channel() -> int:
    name = st.segmented_control(
        "Numbers of channel", list(CHANNELS), default="red", required=True, key="inspect-channel"
    )
    return list(CHANNELS).index(name)


def _ask_window(height: int, width: int) -> tuple[int, int]:
    if max(height, width) <= MOST_SHOWN:
        return 0, 0
    with st.popover("Move the frame", icon=":material/open_with:"):
        return _ask_start("row", height), _ask_start("column", width)


def _ask_start(side: str, length: int) -> int:
    last = length - MOST_SHOWN
    return int(st.slider(f"First {side}", 0, last, last // 2, key=f"inspect-{side}-{length}")) if last > 0 else 0


def _show_channels(image: NDArray[np.uint8]) -> None:
    if image.shape[2] == 1:
        st.caption("One channel, grey: each pixel is one number, from 0, black, to 255, white.")
        return
    parts = [enlarge(part, enlargement(part, 160)) for part in split_channels(image)]
    st.image(parts, caption=list(CHANNELS), width=100, output_format="PNG")
    st.caption("Three channels: each pixel is three numbers, from 0 to 255: how much red, green and blue it has.")
