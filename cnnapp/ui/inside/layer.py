"""What a layer made of one image: its place in the network, all of its maps, one of them large."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import architectures
from cnnapp.figures.enlarged_map import plot_histogram, plot_map, plot_values
from cnnapp.figures.feature_maps import (
    Contrast,
    MapStatistics,
    as_maps,
    compute_statistics,
    order_by_activity,
    plot_feature_maps,
)
from cnnapp.figures.pixels import enlarge, enlargement
from cnnapp.figures.tiles import plan_tiles
from cnnapp.modelhost.client import LayerMaps
from cnnapp.runs import ModelRef
from cnnapp.ui.components.strip import StripColumn
from cnnapp.ui.components.tiles import Tiles, show_tiles
from cnnapp.ui.kit.pixels import shape_words
from cnnapp.ui.kit.theme import page_theme
from cnnapp.ui.kit.words import decimal, percent

BY_NUMBER, BY_ACTIVITY = "by number", "by activity"
PICTURE = (500, 500)  # pixels: fits its column at 1280 wide, so that every value is drawn crisp
COLUMN = (390, 200)  # pixels, about twice what is shown: two maps side by side, four rows
COLUMN_MAPS, COLUMN_VALUES = 8, 240  # shown of each layer in the strip


def strip_columns(layers: Sequence[LayerMaps], *, keep: str) -> list[StripColumn]:
    """Return the columns of the strip; layers that only pass values on are left out unless asked for, `keep` is not."""
    every = st.session_state.get("every_layer", False)
    shown = [layer for layer in layers if every or not layer.spec.passes_on or layer.name == keep]
    return [_strip_column(layer) for layer in shown]


def input_column(image: NDArray[np.uint8]) -> StripColumn:
    """Return the first column of the strip: the image, uint8 (h, w, 1 or 3), as the network sees it."""
    colours = np.broadcast_to(image, (*image.shape[:2], 3))
    shown = enlarge(colours, enlargement(colours, COLUMN[1]))
    return StripColumn("input", "input", "input", shape_words(image.shape), "", shown)


def _strip_column(layer: LayerMaps) -> StripColumn:
    maps = as_maps(layer.maps)
    most = COLUMN_VALUES if layer.maps.ndim == 1 else COLUMN_MAPS
    kept = np.sort(order_by_activity(maps)[:most])  # the most active ones, in their own order
    layout = plan_tiles(len(kept), *maps.shape[:2], picture=COLUMN, largest=94)
    left_out = maps.shape[2] - len(kept)
    return StripColumn(
        name=layer.name,
        title=layer.spec.title,
        family=layer.spec.family,
        shape=shape_words(layer.maps.shape),
        more=f"+ {left_out:,} more" if left_out else "",
        picture=plot_feature_maps(maps[:, :, kept], layout, theme=page_theme()),
    )


def show_layer(ref: ModelRef, layer: LayerMaps) -> None:
    """Show all maps of a layer as one picture, and one of them large; the session's "channel" says which."""
    maps = as_maps(layer.maps)
    noun = "value" if layer.maps.ndim == 1 else "map"
    st.subheader(_headline(layer, noun))
    st.caption(_about(ref, layer))
    order, channel, contrast = _ask(maps, noun)
    layout = plan_tiles(maps.shape[2], *maps.shape[:2], picture=PICTURE, largest=164)
    picture = plot_feature_maps(maps[:, :, order], layout, contrast=contrast, theme=page_theme())
    all_maps, one_map = st.columns([3, 2], gap="large")
    with all_maps:
        show_tiles(Tiles(picture, layout, noun, order.tolist(), channel), key="maps", on_choose=_choose)
    with one_map:
        (_show_value if layer.maps.ndim == 1 else _show_map)(layer, channel)
    with st.expander("Advanced"):
        st.toggle("Show also the layers that only pass values on: rescaling, dropout, flatten", key="every_layer")


def _headline(layer: LayerMaps, noun: str) -> str:
    count = as_maps(layer.maps).shape[2]
    size = f" of {shape_words(layer.maps.shape[:2])}" if layer.maps.ndim == 3 else ""
    return f"{layer.name} — {count:,} {noun}{'s' if count > 1 else ''}{size}"


def _about(ref: ModelRef, layer: LayerMaps) -> str:
    words = [layer.spec.title]
    rows = architectures.trace(ref.card.layers, ref.card.preprocess.image_shape)
    row = next((row for row in rows if row.name == layer.name), None)
    if row is not None:
        words += [row.settings] if row.settings else []
        if row.receptive_field:
            words.append(f"each value sees {shape_words(row.receptive_field)} pixels of the image")
    return " · ".join(words)


def _ask(maps: NDArray[np.float32], noun: str) -> tuple[NDArray[np.int64], int, Contrast]:
    """Return the order of the maps, the chosen one and the contrast."""
    count = maps.shape[2]
    number, sort, contrast = st.columns(3)
    st.session_state["channel"] = min(st.session_state.get("channel", 0), count - 1)
    channel = number.number_input(noun.capitalize(), 0, max(1, count - 1), key="channel", bind="query-params")
    sorting = sort.selectbox("Sort", [BY_NUMBER, BY_ACTIVITY], key="sort", persist_state="session")
    scale = contrast.selectbox(
        "Contrast",
        ["per map", "same for all"],
        key="contrast",
        persist_state="session",
        disabled=maps.shape[:2] == (1, 1),
        help="Each map from its own lowest to its own highest value, or all maps by one scale.",
    )
    order = order_by_activity(maps) if sorting == BY_ACTIVITY else np.arange(count)
    return order, min(int(channel), count - 1), cast("Contrast", scale)


def _choose(number: int) -> None:
    st.session_state["channel"] = number


def _show_map(layer: LayerMaps, channel: int) -> None:
    values = layer.maps[:, :, channel]
    facts = compute_statistics(values)
    st.markdown(f"**Map {channel}**, {shape_words(values.shape)} values")
    st.plotly_chart(plot_map(values, page_theme()), key="one_map", config={"displayModeBar": False})
    st.caption(f"{_in_words(facts)}. How many values lie where:")
    st.plotly_chart(plot_histogram(values), key="histogram", config={"displayModeBar": False})


def _show_value(layer: LayerMaps, channel: int) -> None:
    facts = compute_statistics(layer.maps)
    st.markdown(f"**Value {channel}**: {decimal(layer.maps[channel], 4)}")
    st.plotly_chart(plot_values(layer.maps, channel), key="one_map", config={"displayModeBar": False})
    st.caption(f"all values: {_in_words(facts)}")


def _in_words(facts: MapStatistics) -> str:
    low, high, mean = map(decimal, (facts.low, facts.high, facts.mean))
    return f"from {low} to {high} · mean {mean} · {percent(facts.zeros)} zeros"
