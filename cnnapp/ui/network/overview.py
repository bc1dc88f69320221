"""A network before it is trained: what it costs, its layers as a drawing and as a table."""

from collections.abc import Sequence
from math import floor, log10

import pandas as pd
import streamlit as st

from cnnapp import architectures
from cnnapp.architectures import ImageShape, LayerRow
from cnnapp.figures.network import DrawnLayer, plot_network
from cnnapp.figures.style import FAMILIES
from cnnapp.ui.kit.words import percent

SCALE = (
    "To scale: rows and columns of the maps as height and depth, the square root of their number as width; "
    "for vectors, the logarithm of their length as height."
)


def _rounded(count: int) -> str:
    return f"{count:,}" if count < 1_000_000 else _millions(count)


def _millions(count: int) -> str:
    """Two digits or all whole millions: "0.42 M", "1.8 M", "164 M"."""
    value = count / 1e6
    return f"{value:,.{max(0, 1 - floor(log10(value)))}f} M" if value else "0"


def _times(size: Sequence[int]) -> str:
    return "×".join(map(str, size))


def show_totals(rows: Sequence[LayerRow], image_shape: ImageShape) -> None:
    """Say what a network costs, and how much of the image it sees, in one line."""
    totals = architectures.totals(rows)
    facts = [
        f"**{_rounded(totals.parameters)}** parameters",
        f"**{_millions(totals.multiply_adds)}** multiply-adds per image",
    ]
    if field := totals.receptive_field:
        whole = field[0] >= image_shape[0] and field[1] >= image_shape[1]
        seen = "the whole image" if whole else f"**{_times(field)}** pixels"
        facts.append(f"sees {seen} at its last convolution")
    st.markdown(f"#### {' · '.join(facts)}")


def show_drawing(rows: Sequence[LayerRow], image_shape: ImageShape) -> None:
    """Draw a network's layers to scale; hovering over one tells its numbers."""
    drawn = [DrawnLayer("input", "input", "input", image_shape, f"{_times(image_shape)} pixels, 0–255")]
    drawn += [DrawnLayer(row.name, row.title, row.family, row.output_shape, _hover(row)) for row in rows]
    st.plotly_chart(plot_network(drawn), config={"displayModeBar": False})
    st.caption(SCALE)


def _hover(row: LayerRow) -> str:
    lines = [_words(row), f"output {_times(row.output_shape)}"]
    if row.parameters:
        lines.append(f"{row.parameters:,} parameters = {row.formula}")
    if row.multiply_adds:
        lines.append(f"{row.multiply_adds:,} multiply-adds")
    lines.append(f"sees {_seen(row)}")
    return "<br>".join(lines)


def _words(row: LayerRow) -> str:
    return f"{row.title} {row.settings}"


def _seen(row: LayerRow) -> str:
    return _times(row.receptive_field) if row.receptive_field else "whole image"


def show_table(rows: Sequence[LayerRow]) -> None:
    """List a network's layers with their shapes and costs, and which of them has most of both."""
    table = pd.DataFrame(
        {
            "layer": [row.name for row in rows],
            "symbol": [FAMILIES[row.family].symbol for row in rows],
            "kind": [_words(row) for row in rows],
            "output": [_times(row.output_shape) for row in rows],
            "parameters": [row.parameters for row in rows],
            "= formula": [row.formula for row in rows],
            "multiply-adds": [row.multiply_adds for row in rows],
            "receptive field": [_seen(row) for row in rows],
        }
    )
    styles = [FAMILIES[row.family] for row in rows]
    colours = [f"background-color: {style.colour}; color: {style.ink}" for style in styles]
    numbers = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        table.style.apply(lambda _: colours, subset=["symbol"]),
        column_config={
            "layer": st.column_config.Column(pinned=True),
            "symbol": st.column_config.Column("", width=36),
            "parameters": numbers,
            "= formula": st.column_config.Column(width=145),
            "multiply-adds": numbers,
        },
        hide_index=True,
        height="content",
    )
    st.caption(_largest(rows))


def _largest(rows: Sequence[LayerRow]) -> str:
    totals = architectures.totals(rows)
    most, busiest = max(rows, key=lambda row: row.parameters), max(rows, key=lambda row: row.multiply_adds)
    return (
        f"{most.name} holds {percent(most.parameters / totals.parameters)} of the parameters; {busiest.name} does "
        f"{percent(busiest.multiply_adds / totals.multiply_adds)} of the multiply-adds."
    )
