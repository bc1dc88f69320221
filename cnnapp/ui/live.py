"""The panel that follows one run: progress, curves, what it says. It ticks while the run lives."""

from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnapp import runs
from cnnapp.devices import find_device
from cnnapp.figures.live_curves import ZOOM
from cnnapp.jobs import State
from cnnapp.runs import STATE_MARKS, History, RunSummary
from cnnapp.ui import pages
from cnnapp.ui.audience import count_audience, is_off, stretch
from cnnapp.ui.board import Board, board_of
from cnnapp.ui.doctor import show_doctor
from cnnapp.ui.feedback import escape, next_step
from cnnapp.ui.fragments import fragment
from cnnapp.ui.more_curves import show_more_curves
from cnnapp.ui.pinned import show_pinned
from cnnapp.ui.run_controls import control_buttons
from cnnapp.ui.run_queue import waiting_words
from cnnapp.ui.test_size import say_how_sure
from cnnapp.ui.words import duration, percent

TICK_SECONDS = 1.0
HURRIED_SECONDS = 0.2  # a tick, until the first points have been drawn: then somebody waits for them
ZOOMING = "In a chart: Ctrl (⌘) with the wheel zooms, dragging moves, a double click shows all again."


class _Look(NamedTuple):
    """How the two large charts are drawn."""

    log: bool = False  # the loss's axis
    smoothing: float = 0.6  # of the curve by step, 0-1


class _Standing(NamedTuple):
    """What stands around the part that ticks; when it changes, the whole page, tab's title included, is run again."""

    title: str
    device: str
    state: State
    message: str
    silent: bool
    begun: bool  # the first epoch is done, so that there is a network to look into
    notices: tuple[str, ...]
    order: tuple[str, ...]  # of the queue, while the run waits in it

    @classmethod
    def of(cls, summary: RunSummary, history: History) -> "_Standing":
        return cls(
            summary.title,
            summary.device,
            summary.state,
            summary.message,
            summary.silent,
            begun=bool(summary.epochs),
            notices=tuple(history.notices),
            order=tuple(runs.waiting()) if summary.state == "queued" else (),
        )


def watch(run: RunSummary) -> None:
    """Show a run, live while it lives. Only what changes from step to step ticks: each element costs every watcher."""
    live = run.active or run.state == "queued"
    board = board_of(run.run)
    board.take(run)
    history = board.history()
    standing = _Standing.of(run, history)  # before it is shown: what comes in between is then new to the first tick
    with st.container():  # one block, so that the place of the panel does not depend on what is said here
        _show_head(run, history)
        with st.container(horizontal=True, vertical_alignment="center"):
            _show_doors(run)
            look = _ask_for_look(run.run) if _has_curves(run, history) else _Look()
    hurried = run.active and not board.has_points
    tick = stretch(HURRIED_SECONDS if hurried else TICK_SECONDS, count_audience())
    panel = fragment(_panel, run_every=tick if live else None)
    panel(run.run, standing, look, tick=tick, hurried=hurried)


def _panel(run: str, standing: _Standing, look: _Look, *, tick: float, hurried: bool) -> None:
    board = board_of(run)
    summary = board.summary()
    # Whoever waits for the first points ticks about as often as a live run is read: each such tick looks for itself.
    history = board.history(live=summary.active and not hurried)
    with st.container():  # one block: a chart whose place changes is drawn anew
        show_doctor(summary, board)
        _show_progress(summary, history, board)
    _show_curves(summary, history, board, look)
    if history.epochs:
        show_pinned(run, live=summary.active)
    if hurried:
        begin_anew = board.has_points
    else:
        begin_anew = summary.active and is_off(tick, stretch(TICK_SECONDS, count_audience()))
    if begin_anew or _Standing.of(summary, history) != standing:
        st.rerun()


def _show_head(summary: RunSummary, history: History) -> None:
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


def _show_progress(summary: RunSummary, history: History, board: Board) -> None:
    plan = history.plan
    if plan is None:
        if summary.state in ("starting", "running"):
            st.progress(0.0, "Starting: TensorFlow is loading, a few seconds …")
        elif summary.state == "queued":
            st.progress(0.0, escape(waiting_words(summary)))
        return
    total = plan.epochs * plan.steps_per_epoch
    facts = [f"epoch {min(plan.epochs, history.step // plan.steps_per_epoch + summary.active)}/{plan.epochs}"]
    recipe, done = board.folder.config.recipe, history.step // plan.steps_per_epoch
    if recipe.fine_tuning:
        facts += [f"phase {recipe.phase_at(min(done, plan.epochs - 1)) + 1} of 2"]
    facts += [f"step {history.step:,}/{total:,}"]
    if summary.active:
        facts += [f"{history.images_per_second:,.0f} images/s"] if history.images_per_second else []
        left = history.seconds_left
        facts += [f"{duration(left)} left"] if left is not None else []
        facts += [usage] if (usage := board.usage()) else []
    elif summary.seconds:  # whole epochs', none before the first
        facts += [f"trained for {duration(summary.seconds)}"]
    st.progress(min(1.0, history.step / total), " · ".join(facts))
    if summary.test_accuracy is not None:
        _show_result(summary, history)


def _show_result(summary: RunSummary, history: History) -> None:
    with st.container(horizontal=True):  # on a phone two beside each other, where columns would be a long list
        st.metric("Test accuracy", percent(summary.test_accuracy or 0), help="On images that training never saw.")
        if summary.val_accuracy is not None:
            st.metric("Validation, best epoch", percent(summary.val_accuracy), help="Accuracy; this network is kept.")
        if summary.epochs:  # else it was stopped within the first
            st.metric("Best epoch", f"{history.result.get('epoch', summary.epochs)} of {summary.epochs}")
            st.metric("Images per second", f"{summary.images_per_second or 0:,.0f}", help="While training.")
    say_how_sure(summary)


def _show_doors(summary: RunSummary) -> None:
    """Show the doors to what can be done with the network; those into it open with its first epoch."""
    closed = not summary.epochs
    next_step("Look inside while it learns" if summary.active else "Look inside", pages.FEATURE_MAPS, disabled=closed)
    next_step("Predict with it", pages.PREDICT, disabled=closed)
    next_step("All runs", pages.RUNS)


def _ask_for_look(run: str) -> _Look:
    with st.popover("Chart options", icon=":material/tune:"):
        log = st.toggle("Logarithmic loss", key=f"log-{run}")
        smoothing = st.slider("Smoothing of the curve by step", 0.0, 0.99, _Look().smoothing, 0.01, key=f"smooth-{run}")
        st.caption(ZOOMING)
    return _Look(log, smoothing)


def _has_curves(summary: RunSummary, history: History) -> bool:
    """Whether there are any; empty ones while the first step is awaited: the browser then loads what draws them."""
    return bool(history.steps) or summary.active


def _show_curves(summary: RunSummary, history: History, board: Board, look: _Look) -> None:
    run = summary.run
    if not _has_curves(summary, history):
        return
    curves = board.curves(log=look.log, smoothing=look.smoothing)
    left, right = st.columns(2)
    _draw(left, curves.loss, f"loss-{run}", describe_loss(history))
    _draw(right, curves.accuracy, f"accuracy-{run}", describe_gap(history))
    show_more_curves(run, board)


def _draw(place: DeltaGenerator, chart: dict[str, Any], key: str, words: str) -> None:
    # Streamlit forgets a zoom whenever data arrives, unless the zoom is a selection that it was told of.
    place.vega_lite_chart(chart, key=key, alt=words, on_select="rerun", selection_mode=[ZOOM])
    place.caption(escape(words))


def describe_loss(history: History) -> str:
    """Say where the loss stands, in words."""
    if not history.epochs and not history.steps:
        return "The loss appears with the first step."
    if not history.epochs:
        return f"Loss {_short(history.losses[-1])} after {history.step} steps."
    first, last = history.epochs[0], history.epochs[-1]
    if first is last:
        return f"Loss {_short(last.loss)} after epoch {last.epoch}."
    return f"Loss {_short(last.loss)} after epoch {last.epoch}; it was {_short(first.loss)} after the first."


def _short(loss: float) -> str:
    return f"{loss:.3f}" if loss < 1000 else f"{loss:.3g}"


def describe_gap(history: History) -> str:
    """Say how far validation lies from training, in words."""
    last = history.epochs[-1] if history.epochs else None
    if last is None and not history.steps:
        return "The accuracy appears with the first step."
    if last is None or last.val_accuracy is None:
        return "Validation accuracy appears after the first epoch." if last is None else "Trained without validation."
    gap = 100 * (last.val_accuracy - last.accuracy)
    shares = f"Training {percent(last.accuracy)}, validation {percent(last.val_accuracy)}"
    if abs(gap) < 0.05:
        return f"{shares}: no gap between them."
    return f"{shares}: validation {abs(gap):.1f} points {'above' if gap > 0 else 'below'} training."
