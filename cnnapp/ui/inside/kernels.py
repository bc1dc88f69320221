"""A layer's learned weights: all kernels as one picture, one of them large and as numbers, the biases."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp.architectures import LayerRow
from cnnapp.figures.enlarged_map import plot_map, plot_values
from cnnapp.figures.kernels import Contrast, plot_kernels
from cnnapp.figures.tiles import plan_tiles
from cnnapp.modelhost.client import Filters
from cnnapp.ui.components.tiles import Tiles, show_tiles
from cnnapp.ui.kit.pixels import shape_words
from cnnapp.ui.kit.theme import page_theme
from cnnapp.ui.kit.words import decimal

PICTURE = (500, 500)  # pixels: fits its column at 1280 wide, so that every weight is drawn crisp
IN_COLOUR, COLOURS = "in colour", ("red", "green", "blue")
NO_TOOLBAR = {"displayModeBar": False}


def input_shape(rows: Sequence[LayerRow], name: str, image_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of what reaches the layer `name`, before it was flattened."""
    arriving = image_shape
    for row in rows:
        if row.name == name:
            break
        arriving = arriving if row.kind == "flatten" else row.output_shape
    return arriving


def as_kernels(kernel: NDArray[np.float32], arriving: tuple[int, ...]) -> NDArray[np.float32]:
    """Return a layer's weights as kernels (h, w, channels in, count).

    A dense layer's weights become kernels as large as the maps that were flattened before it; behind a vector,
    they become one matrix, inputs down and units across.
    """
    if kernel.ndim == 4:
        return kernel
    shape = (*arriving, kernel.shape[1]) if len(arriving) == 3 else (*kernel.shape, 1, 1)
    return kernel.reshape(shape)


def show_filters(filters: Filters, arriving: tuple[int, ...]) -> None:
    """Show a layer's weights; `arriving` is the shape of its input, before it was flattened."""
    kernels = as_kernels(filters.kernel, arriving)
    height, width, channels, count = kernels.shape
    if count == 1 and len(arriving) == 1:
        st.subheader(f"{filters.name} — weights of {height} inputs for {width} units")
        _show_matrix(kernels[:, :, 0, 0])
    else:
        st.subheader(f"{filters.name} — {count:,} kernels of {shape_words((height, width, channels))}")
        _show_kernels(kernels)
    if filters.bias is not None:
        _show_bias(filters.bias)


def _show_kernels(kernels: NDArray[np.float32]) -> None:
    height, width, channels, count = kernels.shape
    chosen, inputs, contrast = _ask(channels, count)
    layout = plan_tiles(count, height, width, picture=PICTURE, largest=96)
    picture = plot_kernels(kernels[:, :, inputs], layout, contrast=contrast, theme=page_theme())
    all_kernels, one_kernel = st.columns([3, 2], gap="large")
    with all_kernels:
        show_tiles(Tiles(picture, layout, "kernel", range(count), chosen), key="kernels", on_choose=_choose)
        st.caption(
            "Grey is no weight; a colour is what the kernel looks for."
            if len(inputs) == 3
            else "Blue adds where its input is strong, orange subtracts; the weaker the colour, the less it counts."
        )
    with one_kernel:
        _show_one(kernels[..., chosen], chosen, inputs[0])


def _ask(channels: int, count: int) -> tuple[int, list[int], Contrast]:
    """Return the chosen kernel, the input channels to draw together and the contrast."""
    number, contrast, inputs = st.columns(3)
    st.session_state["kernel"] = min(st.session_state.get("kernel", 0), count - 1)
    kernel = number.number_input("Kernel", 0, max(1, count - 1), key="kernel", bind="query-params")
    scale = contrast.selectbox(
        "Contrast",
        ["same for all", "per kernel"],
        key="kernel_contrast",
        persist_state="session",
        help="All kernels by one scale, or each by its own strongest weight.",
    )
    with inputs:
        arriving = _ask_colours() if channels == 3 else _ask_channel(channels) if channels > 1 else [0]
    return min(int(kernel), count - 1), arriving, cast("Contrast", scale)


def _ask_colours() -> list[int]:
    view = st.selectbox("Input", [IN_COLOUR, *COLOURS], key="kernel_colours")
    return [0, 1, 2] if view == IN_COLOUR else [COLOURS.index(view)]


def _ask_channel(channels: int) -> list[int]:
    st.session_state["input"] = min(st.session_state.get("input", 0), channels - 1)
    channel = st.number_input(
        "Input map",
        0,
        channels - 1,
        key="input",
        bind="query-params",
        help="Each kernel has its own weights for every map that reaches it; this says for which map they are shown.",
    )
    return [int(channel)]


def _choose(number: int) -> None:
    st.session_state["kernel"] = number


def _show_one(kernel: NDArray[np.float32], chosen: int, channel: int) -> None:
    """Show one kernel (h, w, channels in) at one of its input channels."""
    values = kernel[:, :, channel]
    of = f", input {COLOURS[channel] if kernel.shape[2] == 3 else channel}" if kernel.shape[2] > 1 else ""
    st.markdown(f"**Kernel {chosen}**{of}")
    st.plotly_chart(plot_map(values, page_theme(), signed=True), key="one_kernel", config=NO_TOOLBAR)
    st.caption(f"from {_range(values)} · over all inputs {_range(kernel)}")
    with st.expander("Its numbers"):
        st.dataframe(values.round(4), key="kernel_numbers")


def _range(values: NDArray[np.float32]) -> str:
    return f"{decimal(values.min())} to {decimal(values.max())}"


def _show_matrix(weights: NDArray[np.float32]) -> None:
    st.plotly_chart(plot_map(weights, page_theme(), signed=True), key="matrix", config=NO_TOOLBAR)
    st.caption(
        f"Inputs down, units across, from {_range(weights)}: blue adds, orange subtracts. Hover to read one weight."
    )


def _show_bias(bias: NDArray[np.float32]) -> None:
    chosen = min(st.session_state.get("kernel", 0), len(bias) - 1)
    st.markdown(f"**Bias**: what each adds to all that it finds; number {chosen} adds {decimal(bias[chosen])}")
    st.plotly_chart(plot_values(bias, chosen), key="bias", height=180, config=NO_TOOLBAR)
