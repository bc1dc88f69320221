"""Architecture: a network in numbers and as a drawing, before it is trained."""

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnapp import architectures, datasets
from cnnapp.architectures import Architecture, ImageShape, LayerSpec
from cnnapp.datasets import DatasetInfo
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import pick_architecture, pick_dataset
from cnnapp.ui.experiment.recipe_facts import describe_recipe
from cnnapp.ui.kit.feedback import escape, next_step, plain_errors
from cnnapp.ui.network.options import fill_options
from cnnapp.ui.network.overview import show_drawing, show_table, show_totals


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
