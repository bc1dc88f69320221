"""The buttons that a run's state allows: pause and stop while it lives, go on when it has ended."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from cnnapp import runs
from cnnapp.runs import RunSummary
from cnnapp.ui import pages
from cnnapp.ui.choice.owner import current_owner
from cnnapp.ui.choice.pickers import choose_run
from cnnapp.ui.experiment.begin_from import begin_from
from cnnapp.ui.experiment.start_form import can_be_start
from cnnapp.ui.kit.feedback import plain_errors
from cnnapp.ui.kit.internals import DeltaGenerator
from cnnapp.ui.kit.popovers import close_popover, popover
from cnnapp.ui.run.queue_place import place_popover

MOST_EPOCHS = 10_000  # that a recipe may ask for


def control_buttons(run: RunSummary, place: DeltaGenerator) -> None:
    """Show the one to three buttons that make sense now, side by side in `place`."""
    with place.container(horizontal=True, horizontal_alignment="right"):
        for show in _controls(run):
            show(run)


def clone_button(run: RunSummary) -> None:
    """Offer a new run with the same settings."""
    if st.button("Run again", icon=":material/content_copy:", width="stretch", help="A new run, the same settings."):
        with plain_errors():
            choose_run(runs.clone(run.run, owner=current_owner()))
            st.rerun()


def _controls(run: RunSummary) -> tuple[Callable[[RunSummary], None], ...]:
    if run.state == "queued":
        return (place_popover, _pause, _cancel)
    if run.state in ("starting", "running"):
        return (_adjust, _pause, _stop) if run.state == "running" else (_pause, _stop)
    if run.state == "stopping":
        return (_end_process, _stop)
    if run.state == "paused":
        return (_resume, _stop)
    if run.state in ("interrupted", "failed") or (run.state == "stopped" and run.epochs < run.epochs_wanted):
        return (_resume_smaller, _resume) if run.cause else (_resume,)
    return (_fine_tune, _train_longer) if run.state in ("finished", "stopped") else ()


def _stop(run: RunSummary) -> None:
    about, ending = "Ends the run and keeps its network.", run.state == "stopping"
    _offer(run, "stop", "Stop", icon=":material/stop:", help=about, disabled=ending)


def _cancel(run: RunSummary) -> None:
    about = "Takes it out of the queue; Resume puts it back."
    _offer(run, "stop", "Cancel", icon=":material/close:", help=about)


def _pause(run: RunSummary) -> None:
    about = "Leaves the device; Resume goes on at this very step."
    _offer(run, "pause", "Pause", icon=":material/pause:", help=about)


def _offer(run: RunSummary, verb: Literal["stop", "pause"], label: str, **look: Any) -> None:
    """Show the button of a verb; after a press the page shows what has become of the run."""
    if st.button(label, key=f"{verb}-{run.run}", **look):
        getattr(runs, verb)(run.run)
        st.rerun()


def _end_process(run: RunSummary) -> None:
    with st.popover("Does not stop?", icon=":material/power_settings_new:", type="tertiary"), plain_errors():
        st.caption("What it has learned since its newest checkpoint is lost; Resume goes on from there.")
        if st.button("End its process", key=f"end-{run.run}"):
            runs.end_process(run.run)
            st.rerun()


def _resume(run: RunSummary) -> None:
    about = "Goes on from its newest checkpoint."
    if st.button("Resume", icon=":material/play_arrow:", key=f"resume-{run.run}", help=about):
        _go_on(run)


def _resume_smaller(run: RunSummary) -> None:
    """Offer the way out where memory ran out; each batch is then another one, so it is no plain Resume."""
    batch = runs.find(run.run).recipe.batch_size
    about = "Goes on from its newest checkpoint, with smaller batches that need less memory."
    if batch > 1 and st.button(
        f"Resume with batches of {batch // 2}", icon=":material/memory:", key=f"smaller-{run.run}", help=about
    ):
        _go_on(run, batch_size=batch // 2)


def _train_longer(run: RunSummary) -> None:
    if run.epochs >= MOST_EPOCHS:
        return
    with st.popover("Train longer", icon=":material/more_time:"):
        twice = min(max(1, 2 * run.epochs), MOST_EPOCHS)
        epochs = st.number_input("Epochs in all", run.epochs + 1, MOST_EPOCHS, twice, key=f"longer-{run.run}")
        if st.button("Go on", key=f"go-on-{run.run}"):
            _go_on(run, epochs=epochs)


def _fine_tune(run: RunSummary) -> None:
    about = "A new run that begins with what this one has learned, on the same images or on others."
    if can_be_start(run) and st.button("Fine-tune", icon=":material/school:", key=f"tune-{run.run}", help=about):
        begin_from(run)
        st.switch_page(pages.TRAIN)


def _adjust(run: RunSummary) -> None:
    name = f"adjusting-{run.run}"
    with popover("Adjust", name, icon=":material/tune:"), plain_errors():
        now = runs.learning_rate_now(run.run)
        with st.form(f"adjust-{run.run}", border=False):  # Enter is as good as the button
            key = f"rate-{run.run}-{now}"  # what somebody else has changed is seen here, too
            rate = st.number_input("Learning rate from now on", 0.0, 10.0, now, now / 2, "%g", key=key)
            applied = st.form_submit_button("Apply")
        if applied:
            runs.set_learning_rate(run.run, rate)
            close_popover(name)
            st.toast(f"The learning rate is {rate:g} from the next steps on.", icon=":material/tune:")
            st.rerun()


def _go_on(run: RunSummary, **changes: int) -> None:
    with plain_errors():
        runs.resume(run.run, **changes)
        st.rerun()
