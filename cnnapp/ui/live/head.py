"""What stands above a run's curves: its name and state, its doors and, in the end, its result."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from cnnapp import runs
from cnnapp.devices import find_device
from cnnapp.doctor import Diagnosis
from cnnapp.jobs import State
from cnnapp.runs import STATE_MARKS, History, RunSummary
from cnnapp.ui import pages
from cnnapp.ui.evaluate.certainty import say_how_sure
from cnnapp.ui.kit.feedback import escape, next_step
from cnnapp.ui.kit.words import percent
from cnnapp.ui.live.doctor import is_healthy
from cnnapp.ui.run.controls import control_buttons


class Standing(NamedTuple):
    """What stands around the part that ticks; when it changes, the whole page, tab's title included, is run again."""

    title: str
    device: str
    state: State
    message: str
    silent: bool
    begun: bool  # the first epoch is done, so that there is a network to look into
    notices: tuple[str, ...]
    order: tuple[str, ...]  # of the queue, while the run waits in it
    doctor: tuple[str, ...]  # what it finds, by name
    healthy: bool

    @classmethod
    def of(
        cls, summary: RunSummary, history: History, findings: Sequence[Diagnosis], *, hurried: bool = False
    ) -> "Standing":
        """Return how a run stands, of which the doctor finds this.

        Args:
            summary: of the run.
            history: of the run.
            findings: what is wrong with it, the worst first.
            hurried: its first points are awaited. They bring the whole page; until then it need not be run for a worker
                that has got ready or has told its device: on two cores that would keep the points waiting.
        """
        return cls(
            summary.title,
            "" if hurried else summary.device,
            "running" if hurried and summary.state == "starting" else summary.state,
            summary.message,
            summary.silent,
            begun=bool(summary.epochs),
            notices=tuple(history.notices),
            order=tuple(runs.waiting()) if summary.state == "queued" else (),
            doctor=tuple(finding.name for finding in findings),
            healthy=is_healthy(history, findings),
        )


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
