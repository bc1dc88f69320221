import streamlit as st

from cnnapp.modelhost.client import LayerMaps, host
from cnnapp.runs import ModelRef
from cnnapp.ui import pages
from cnnapp.ui.explore import Subject, pick_image, pick_model, show_verdict
from cnnapp.ui.feedback import escape, next_step, plain_errors
from cnnapp.ui.layer_view import show_layer, strip_columns
from cnnapp.ui.network_strip import show_strip


def main() -> None:
    st.title("Feature maps")
    st.caption("One image through a trained network: where a map is bright, its filter has found what it looks for.")
    ref = pick_model()
    if ref is None:
        return
    subject = ask_image(ref)
    if subject is not None:
        explore(ref, subject)
    next_step("Look at the filters behind these maps", pages.FILTERS)
    next_step("Let it recognise your own pictures", pages.PREDICT)


def ask_image(ref: ModelRef) -> Subject | None:
    choice, shown, says = st.columns([3, 1, 2], vertical_alignment="center", gap="large")
    subject = None
    with choice, plain_errors():
        subject = pick_image(ref)
    if subject is None:
        return None
    shown.image(subject.seen, caption=escape(subject.caption), width=128, output_format="PNG")
    with says, plain_errors():
        show_verdict(ref, subject)
    return subject


@st.fragment
def explore(ref: ModelRef, subject: Subject) -> None:
    with plain_errors():
        layers = host().activations(ref, subject.seen)
        chosen = chosen_layer(layers)
        show_strip(strip_columns(layers, keep=chosen.name), key="network", chosen=chosen.name, on_open=open_layer)
        show_layer(ref, chosen)


def chosen_layer(layers: list[LayerMaps]) -> LayerMaps:
    asked = st.query_params.get("layer")
    named = [layer for layer in layers if layer.name == asked]
    convolutions = [layer for layer in layers if layer.kind == "conv2d"]
    return [*named, *convolutions, *layers][0]


def open_layer(name: str) -> None:
    st.query_params["layer"] = name
    st.session_state["channel"] = 0


main()
