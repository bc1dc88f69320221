"""What stands above a run's curves: its name and state, its doors and, in the end, its result."""

import streamlit as st

from cnnapp import runs
from cnnapp.devices import find_device
from cnnapp.runs import STATE_MARKS, History, RunSummary
from cnnapp.ui import pages
from cnnapp.ui.evaluate.certainty import say_how_sure
from cnnapp.ui.kit.feedback import escape, next_step
from cnnapp.ui.kit.words import percent
from cnnapp.ui.run.controls import control_buttons


def show_head(summary: RunSummary, history: History) -> None:
    """Say which run it is, how it stands and what happened to it, with the buttons that make sense now."""
    words, buttons = st.columns([3, 2], vertical_alignment="center")
    where = f" on {summary.device}" if summary.device else ""
    state = "pausing" if summary.state == "stopping" and summary.message.startswith("Pausing") else summary.state
    words.markdown(f"##### {STATE_MARKS[summary.state]} {escape(summary.title)} · {state}{escape(where)}")
    control_buttons(summary, buttons)
    if summary.silent:
        st.warning("Not responding: its process is there, but has not reported for half a minute.")
    if summary.message:
        show = st.error if summary.state in ("failed", "interrupted") else st.info
        show(escape(summary.message))
    for notice in history.notices:
        st.info(escape(notice), icon=":material/info:")
    if summary.device.startswith("CPU") and (device := find_device()).kind == "GPU":
        st.warning(
            f"This machine has a GPU ({escape(device.name)}), but TensorFlow trains on the CPU: `make run` "
            "installs what it needs for the GPU; the log says what was missing."
        )


def show_doors(summary: RunSummary) -> None:
    """Show the doors to what can be done with the network; those into it open with its first epoch."""
    closed = not summary.epochs
    next_step("Look inside while it learns" if summary.active else "Look inside", pages.FEATURE_MAPS, disabled=closed)
    next_step("Predict with it", pages.PREDICT, disabled=closed)
    next_step("All runs", pages.RUNS)


def show_result(summary: RunSummary, history: History) -> None:
    """Show what became of a run that has been tested and does not go on: then that would not be its result."""
    if summary.test_accuracy is None or summary.state not in ("finished", "stopped"):
        return
    with st.container(horizontal=True):  # on a phone two beside each other, where columns would be a long list
        st.metric("Test accuracy", percent(summary.test_accuracy), help="On images that training never saw.")
        if summary.val_accuracy is not None:
            st.metric("Validation, best epoch", percent(summary.val_accuracy), help="Accuracy; this network is kept.")
        if summary.epochs:  # else it was stopped within the first
            st.metric("Best epoch", f"{history.result.get('epoch', summary.epochs)} of {summary.epochs}")
            st.metric("Images per second", f"{summary.images_per_second or 0:,.0f}", help="While training.")
    say_how_sure(summary)
    if problem := runs.model_problem(summary.run):
        st.warning(f"{escape(problem)} The figures above are its.", icon=":material/heart_broken:")
