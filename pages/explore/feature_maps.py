"""Feature maps: one image's way through a trained network."""

import streamlit as st

from cnnapp.modelhost.client import LayerMaps, host
from cnnapp.runs import ModelRef
from cnnapp.ui import pages
from cnnapp.ui.choice.model import pick_model
from cnnapp.ui.components.strip import show_strip
from cnnapp.ui.inside.layer import input_column, show_layer, strip_columns
from cnnapp.ui.inside.subject import Subject, current_layer, keep_layer, pick_image, show_verdict
from cnnapp.ui.kit.feedback import next_step, plain_errors
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.pixels import show_pixels


def main() -> None:
    st.title(pages.TITLES[pages.FEATURE_MAPS])
    st.caption("One image through a trained network: the stronger the colour, the more of its pattern a filter finds.")
    ref = pick_model()
    if ref is None:
        return
    subject = ask_image(ref)
    if subject is not None:
        explore(ref, subject)
    next_step("Look at the filters behind these maps", pages.FILTERS)
    next_step("Let it recognise your own pictures", pages.PREDICT)


def ask_image(ref: ModelRef) -> Subject | None:
    choice, shown = st.columns(2, vertical_alignment="center", gap="large")
    subject = None
    with choice, plain_errors():
        subject = pick_image(ref)
    if subject is None:
        return None
    with shown, st.container(horizontal=True, vertical_alignment="center", gap="medium"), plain_errors():
        with st.container(width="content"):
            show_pixels(subject.seen, subject.caption, 112)
        with st.container(width=180):
            show_verdict(ref, subject)
    return subject


@fragment
def explore(ref: ModelRef, subject: Subject) -> None:
    with plain_errors():
        layers = host().activations(ref, subject.seen)
        chosen = chosen_layer(layers)
        columns = [input_column(subject.seen), *strip_columns(layers, keep=chosen.name)]
        show_strip(columns, key="network", chosen=chosen.name, on_open=open_layer)
        keep_layer(chosen.name)
        show_layer(ref, chosen)


def chosen_layer(layers: list[LayerMaps]) -> LayerMaps:
    asked = current_layer()
    named = [layer for layer in layers if layer.name == asked]
    convolutions = [layer for layer in layers if layer.spec.family == "convolution"]
    return [*named, *convolutions, *layers][0]


def open_layer(name: str) -> None:
    st.query_params["layer"] = name
    st.session_state["channel"] = 0


main()
