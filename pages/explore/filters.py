"""Filters: the weights that a network has learned."""

import streamlit as st

from cnnapp.architectures import trace
from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.ui import pages
from cnnapp.ui.choice.model import LOADING, pick_model
from cnnapp.ui.inside.kernels import input_shape, show_filters
from cnnapp.ui.inside.subject import current_layer, keep_layer
from cnnapp.ui.kit.feedback import next_step, plain_errors
from cnnapp.ui.kit.fragments import fragment


def main() -> None:
    st.title(pages.TITLES[pages.FILTERS])
    st.caption("What the network has learned to look for: small patterns of weights that it slides over its input.")
    ref = pick_model()
    if ref is None:
        return
    explore(ref)
    next_step("See what they find in an image", pages.FEATURE_MAPS)


@fragment
def explore(ref: ModelRef) -> None:
    image_shape = ref.card.preprocess.image_shape
    rows = trace(ref.card.layers, image_shape)
    names = [layer.name for layer in ref.card.layers if layer.has_kernel]
    if st.session_state.get("layer") not in names:
        asked = current_layer()
        st.session_state["layer"] = asked if asked in names else names[0]
    chosen = st.segmented_control("Layer", names, required=True, key="layer", bind="query-params")
    layer = chosen or names[0]  # it is required, but typed as if it were not
    keep_layer(layer)
    with plain_errors():
        with st.spinner(LOADING):
            filters = host().filters(ref, layer)
        show_filters(filters, input_shape(rows, layer, image_shape))


main()
