"""Architecture: a network in numbers and as a drawing, before it is trained."""

from collections.abc import Mapping, Sequence
from math import floor, log10

import pandas as pd
import streamlit as st

from cnnapp import architectures, datasets
from cnnapp.architectures import Architecture, ImageShape, LayerRow, LayerSpec
from cnnapp.datasets import DatasetInfo
from cnnapp.figures.network import DrawnLayer, plot_network
from cnnapp.figures.style import FAMILIES
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import pick_architecture, pick_dataset
from cnnapp.ui.experiment.recipe_facts import describe_recipe
from cnnapp.ui.kit.feedback import escape, next_step, plain_errors
from cnnapp.ui.kit.words import percent
from cnnapp.ui.network.options import fill_options

SCALE = (
    "To scale: rows and columns of the maps as height and depth, the square root of their number as width; "
    "for vectors, the logarithm of their length as height."
)


def rounded(count: int) -> str:
    return f"{count:,}" if count < 1_000_000 else millions(count)


def millions(count: int) -> str:
    """Two digits or all whole millions: "0.42 M", "1.8 M", "164 M"."""
    value = count / 1e6
    return f"{value:,.{max(0, 1 - floor(log10(value)))}f} M" if value else "0"


def times(size: Sequence[int]) -> str:
    return "×".join(map(str, size))


def show_totals(rows: Sequence[LayerRow], image_shape: ImageShape) -> None:
    totals = architectures.totals(rows)
    facts = [
        f"**{rounded(totals.parameters)}** parameters",
        f"**{millions(totals.multiply_adds)}** multiply-adds per image",
    ]
    if field := totals.receptive_field:
        whole = field[0] >= image_shape[0] and field[1] >= image_shape[1]
        seen = "the whole image" if whole else f"**{times(field)}** pixels"
        facts.append(f"sees {seen} at its last convolution")
    st.markdown(f"#### {' · '.join(facts)}")


def show_drawing(rows: Sequence[LayerRow], image_shape: ImageShape) -> None:
    drawn = [DrawnLayer("input", "input", "input", image_shape, f"{times(image_shape)} pixels, 0–255")]
    drawn += [DrawnLayer(row.name, row.title, row.family, row.output_shape, hover(row)) for row in rows]
    st.plotly_chart(plot_network(drawn), config={"displayModeBar": False})
    st.caption(SCALE)


def hover(row: LayerRow) -> str:
    lines = [words(row), f"output {times(row.output_shape)}"]
    if row.parameters:
        lines.append(f"{row.parameters:,} parameters = {row.formula}")
    if row.multiply_adds:
        lines.append(f"{row.multiply_adds:,} multiply-adds")
    lines.append(f"sees {seen(row)}")
    return "<br>".join(lines)


def words(row: LayerRow) -> str:
    return f"{row.title} {row.settings}"


def seen(row: LayerRow) -> str:
    return times(row.receptive_field) if row.receptive_field else "whole image"


def show_table(rows: Sequence[LayerRow]) -> None:
    table = pd.DataFrame(
        {
            "layer": [row.name for row in rows],
            "symbol": [FAMILIES[row.family].symbol for row in rows],
            "kind": [words(row) for row in rows],
            "output": [times(row.output_shape) for row in rows],
            "parameters": [row.parameters for row in rows],
            "= formula": [row.formula for row in rows],
            "multiply-adds": [row.multiply_adds for row in rows],
            "receptive field": [seen(row) for row in rows],
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
    st.caption(largest(rows))


def largest(rows: Sequence[LayerRow]) -> str:
    totals = architectures.totals(rows)
    most, busiest = max(rows, key=lambda row: row.parameters), max(rows, key=lambda row: row.multiply_adds)
    return (
        f"{most.name} holds {percent(most.parameters / totals.parameters)} of the parameters; {busiest.name} does "
        f"{percent(busiest.multiply_adds / totals.multiply_adds)} of the multiply-adds."
    )


def show_story(network: Architecture) -> None:
    story, recipe = st.columns([3, 2], gap="large")
    with story:
        st.subheader("Where it comes from", anchor=False)
        st.markdown(escape(network.story))
        st.markdown(f"**Images:** {escape(network.input_note)}")
        st.markdown(f"**Known result:** {escape(network.known_result)}")
        st.caption(f"Source: {escape(network.source)}")
    with recipe:
        st.subheader("Its recipe", anchor=False)
        settings = describe_recipe(network.recipe)
        st.dataframe(
            {"setting": [name for name, _ in settings], "value": [value for _, value in settings]},
            hide_index=True,
            height="content",
        )


def show_code(network: Architecture, layers: Sequence[LayerSpec], image_shape: ImageShape) -> None:
    with st.expander("As a Keras script", icon=":material/code:"):
        text = architectures.script(layers, image_shape, network.recipe, title=network.title)
        st.code(text, language="python")
        st.download_button("Download the script", text, f"{network.key}.py", "text/x-python", on_click="ignore")


def show_network(network: Architecture, options: Mapping[str, int], info: DatasetInfo) -> None:
    image_shape = info.image_shape
    layers = network.layers(image_shape, len(info.class_names), options)
    rows = architectures.trace(layers, image_shape)
    show_totals(rows, image_shape)
    show_drawing(rows, image_shape)
    show_table(rows)
    show_code(network, layers, image_shape)


st.title(pages.TITLES[pages.ARCHITECTURE])
left, right = st.columns(2)
with left:
    network = architectures.get(pick_architecture())
with right:
    info = datasets.info(pick_dataset("For data set"))
st.markdown(escape(network.summary))
options = fill_options(network)
with plain_errors():
    show_network(network, options, info)
show_story(network)
next_step("Next: train it", pages.TRAIN)
