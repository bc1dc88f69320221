"""The network that is looked into or asked, and what it answers."""

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.runs.models import Which
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import pick_run
from cnnapp.ui.kit.feedback import empty_state, escape

NO_NETWORK = "No trained network yet."
TRAIN_ONE = "Train one on digits in half a minute"
LOADING = "Loading the network"  # shown when it takes more than half a second
_MOMENTS: dict[str, Which] = {"best epoch": "best", "newest epoch": "newest"}


def pick_model() -> ModelRef | None:
    """Show the pickers of run and epoch; return the network, or None after saying why there is none."""
    wide, narrow = st.columns([3, 1])
    with wide:
        summary = pick_run()
    if summary is None:
        empty_state(NO_NETWORK, pages.HOME, TRAIN_ONE)
        return None
    moment = narrow.selectbox(
        "At",
        list(_MOMENTS),
        key="at",
        persist_state="session",
        help="The epoch that did best on the validation images, or the last one finished: while a run trains, "
        "reload to see its newest epoch.",
    )
    try:
        ref = runs.find_model(summary.run, _MOMENTS[moment])
    except CnnAppError as error:
        st.info(escape(str(error)), icon=":material/hourglass_top:")
        return None
    if ref.notice:
        st.warning(escape(ref.notice), icon=":material/heart_broken:")
    return ref


def predict(ref: ModelRef, seen: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probabilities float32 (classes,) that the network gives to one prepared image."""
    return cast("NDArray[np.float32]", host().predict(ref, seen[None])[0])
