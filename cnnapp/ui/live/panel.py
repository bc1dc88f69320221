"""The panel that follows one run: progress, curves, what it says. It ticks while the run lives."""

import time
from typing import Any, NamedTuple

import streamlit as st

from cnnapp.errors import CnnAppError
from cnnapp.figures.live_curves import ZOOM, plot_curves
from cnnapp.runs import History, Plan, RunSummary
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.internals import DeltaGenerator, is_tick
from cnnapp.ui.kit.packing import pack_points
from cnnapp.ui.kit.words import duration, percent
from cnnapp.ui.live.audience import count_audience, is_off, stretch
from cnnapp.ui.live.doctor import findings_of, show_doctor
from cnnapp.ui.live.head import Standing, show_doors, show_head, show_result
from cnnapp.ui.live.more_curves import show_more_curves
from cnnapp.ui.live.pinned import show_pinned
from cnnapp.ui.run.board import Board, Curves, board_of
from cnnapp.ui.run.queue_place import waiting_words

TICK_SECONDS = 0.9  # with the answer's time a panel still moves within a second
HURRIED_SECONDS = 0.5  # a tick, until the first points have been drawn: then somebody waits for them
AWAITED_SECONDS, LOOK_SECONDS = 0.4, 0.02  # for which such a tick waits for them, and how often it looks
LOSS_TO_COME, GAP_TO_COME = "The loss appears with the first step.", "The accuracy appears with the first step."
ZOOMING = "In a chart: Ctrl (⌘) with the wheel zooms, dragging moves, a double click shows all again."


class _Look(NamedTuple):
    """How the two large charts are drawn."""

    log: bool = False  # the loss's axis
    smoothing: float = 0.6  # of the curve by step, 0-1


def watch(run: RunSummary) -> None:
    """Show a run, live while it lives. Only what changes from step to step ticks: each element costs every watcher."""
    live = run.active or run.state == "queued"
    board = board_of(run.run)
    board.take(run)
    history = board.history()
    findings = findings_of(board)
    has_curves = bool(history.steps) or run.active
    hurried = run.active and not board.has_points
    # Before it is shown: what comes in between is new to the first tick.
    standing = Standing.of(run, history, findings, hurried=hurried)
    pace = stretch(TICK_SECONDS, people := count_audience()) if live else None
    tick = stretch(HURRIED_SECONDS, people) if hurried else pace
    with st.container():  # one block, so that the place of the panel does not depend on what is said here
        show_head(run, history)
        with st.container(horizontal=True, vertical_alignment="center"):
            show_doors(run)
            look = _ask_for_look(run.run) if has_curves else None
        show_doctor(run, board, findings, pace)
        show_result(run, history)
    fragment(_panel, run_every=tick)(run.run, standing, look, tick=tick, hurried=hurried)
    if has_curves:
        show_more_curves(run.run, board, pace)
    if history.epochs:
        show_pinned(run.run, pace)


def show_empty_curves() -> None:
    """Show where the curves will appear; what draws them is loaded then, and does not keep the first points waiting."""
    nothing = [(plot_curves([], "loss"), LOSS_TO_COME), (plot_curves([], "accuracy", kind="accuracy"), GAP_TO_COME)]
    for place, (chart, words) in zip(st.columns(2), nothing, strict=True):
        place.vega_lite_chart(pack_points(chart), alt=words)
        place.caption(words)


def _panel(run: str, standing: Standing, look: _Look | None, *, tick: float | None, hurried: bool) -> None:
    board = board_of(run)
    try:
        summary = board.summary()
    except CnnAppError:  # deleted by somebody else: the page shows another run, or none
        st.rerun()
    # Where the first points are awaited each tick looks for itself: charts without what is there would be drawn twice.
    history = board.history(live=summary.active and not hurried)
    _show_progress(summary, history, board)
    if look is not None:
        _show_curves(run, history, board.curves(log=look.log, smoothing=look.smoothing))
    if hurried:
        begin_anew = board.has_points
    else:
        begin_anew = tick is not None and is_off(tick, stretch(TICK_SECONDS, count_audience()))
    if begin_anew or Standing.of(summary, history, findings_of(board), hurried=hurried) != standing:
        st.rerun()
    if hurried and not history.steps and is_tick():
        _await_points(board)


def _await_points(board: Board) -> None:
    """Show the first points as soon as they are there, rather than at the next tick.

    Called when the tick has drawn what there is: if Streamlit breaks it off now, nothing of the panel is missing.
    """
    deadline = time.monotonic() + AWAITED_SECONDS
    while time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        st.session_state.get("awaited")  # Streamlit breaks off here for whoever presses a button
        if board.history().steps:
            st.rerun(scope="fragment")


def _show_progress(summary: RunSummary, history: History, board: Board) -> None:
    """Show one element, whatever the state: a chart whose place changes is drawn anew."""
    plan = history.plan
    if plan is None and summary.state == "queued":
        st.progress(0.0, escape(waiting_words(summary)))
    elif plan is None and summary.active:
        st.progress(0.0, "Starting: TensorFlow is loading, a few seconds …")
    elif plan is None:
        st.empty()
    else:
        total = plan.epochs * plan.steps_per_epoch
        st.progress(min(1.0, history.step / total), " · ".join(_progress_facts(summary, history, plan, board)))


def _progress_facts(summary: RunSummary, history: History, plan: Plan, board: Board) -> list[str]:
    facts = [f"epoch {min(plan.epochs, history.step // plan.steps_per_epoch + summary.active)}/{plan.epochs}"]
    recipe, done = board.folder.config.recipe, history.step // plan.steps_per_epoch
    if recipe.fine_tuning:
        facts += [f"phase {recipe.phase_at(min(done, plan.epochs - 1)) + 1} of 2"]
    facts += [f"step {history.step:,}/{plan.epochs * plan.steps_per_epoch:,}"]
    if summary.active:
        facts += [f"{history.images_per_second:,.0f} images/s"] if history.images_per_second else []
        left = history.seconds_left
        facts += [f"{duration(left)} left"] if left is not None else []
        facts += [usage] if (usage := board.usage()) else []
    elif summary.seconds:  # whole epochs', none before the first
        facts += [f"trained for {duration(summary.seconds)}"]
    return facts


def _ask_for_look(run: str) -> _Look:
    with st.popover("Chart options", icon=":material/tune:"):
        log = st.toggle("Logarithmic loss", key=f"log-{run}")
        smoothing = st.slider("Smoothing of the curve by step", 0.0, 0.99, _Look().smoothing, 0.01, key=f"smooth-{run}")
        st.caption(ZOOMING)
    return _Look(log, smoothing)


def _show_curves(run: str, history: History, curves: Curves) -> None:
    left, right = st.columns(2)
    _draw(left, curves.loss, f"loss-{run}", describe_loss(history))
    _draw(right, curves.accuracy, f"accuracy-{run}", describe_gap(history))


def _draw(place: DeltaGenerator, chart: dict[str, Any], key: str, words: str) -> None:
    # Streamlit forgets a zoom whenever data arrives, unless the zoom is a selection that it was told of.
    place.vega_lite_chart(chart, key=key, alt=words, on_select="rerun", selection_mode=[ZOOM])
    place.caption(escape(words))


def describe_loss(history: History) -> str:
    """Say where the loss stands, in words."""
    if not history.epochs and not history.steps:
        return LOSS_TO_COME
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
        return GAP_TO_COME
    if last is None or last.val_accuracy is None:
        return "Validation accuracy appears after the first epoch." if last is None else "Trained without validation."
    gap = 100 * (last.val_accuracy - last.accuracy)
    shares = f"Training {percent(last.accuracy)}, validation {percent(last.val_accuracy)}"
    if abs(gap) < 0.05:
        return f"{shares}: no gap between them."
    return f"{shares}: validation {abs(gap):.1f} points {'above' if gap > 0 else 'below'} training."
