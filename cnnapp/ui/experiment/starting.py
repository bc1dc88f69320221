"""From the settings on the form to a run: put together, and started once however often Start is pressed."""

import time
from typing import Any

import streamlit as st

from cnnapp import datasets, runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import RunConfig
from cnnapp.ui.choice.owner import current_owner

DOUBLE_CLICK_SECONDS = 2.0  # the page may need a while to take in the second click
_STARTED = "started"  # {"what": (config, title), "run": its id} of the session's last start


def put_together(dataset: str, network: str, settings: dict[str, Any]) -> tuple[RunConfig | None, str]:
    """Return what Start would train, or None and what is wrong; no words when the data set is what is missing."""
    info = datasets.info(dataset)
    if info.source != "bundled" and info.status != "ready":
        return None, ""
    try:
        return runs.configure(dataset, network, **settings), ""
    except CnnAppError as error:
        return None, str(error)


def start_once(config: RunConfig, title: str) -> str:
    """Start a run, or return the very same one that has not begun yet: impatient clicks must not train twice.

    Raises:
        CnnAppError: it cannot be submitted.
    """
    owner = current_owner()
    started: dict[str, Any] = st.session_state.setdefault(_STARTED, {})  # changed in place: no rerun comes in between
    if (config, title) == started.get("what") and _is_about_to_begin(started["run"]):
        st.toast("It has been started already: see below.", icon=":material/hourglass_top:")
    else:
        started |= {"what": (config, title), "run": runs.submit(config, title, owner=owner)}
        if runs.get(started["run"]).state == "queued":
            st.toast("Queued: it starts when its turn comes.", icon=":material/hourglass_top:")
        else:
            st.toast("Started: its curves are below.", icon=":material/play_arrow:")
    return str(started["run"])


def has_been_started(config: RunConfig) -> bool:
    """Whether this is what the session has started last."""
    what = st.session_state.get(_STARTED, {}).get("what")
    return what is not None and what[0] == config


def _is_about_to_begin(run: str) -> bool:
    try:
        summary = runs.get(run)
    except CnnAppError:  # deleted
        return False
    just_now = time.time() - summary.created < DOUBLE_CLICK_SECONDS
    return summary.state in ("queued", "starting") or (summary.state == "running" and just_now)
