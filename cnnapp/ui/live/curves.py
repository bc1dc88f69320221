"""The two large charts of a run, loss and accuracy, and what they show in words."""

from typing import Any, NamedTuple

import streamlit as st

from cnnapp.figures.live_curves import ZOOM, plot_curves
from cnnapp.runs import History
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.internals import DeltaGenerator
from cnnapp.ui.kit.packing import pack_points
from cnnapp.ui.kit.words import percent
from cnnapp.ui.run.board import Board

LOSS_TO_COME, GAP_TO_COME = "The loss appears with the first step.", "The accuracy appears with the first step."
ZOOMING = "In a chart: Ctrl (⌘) with the wheel zooms, dragging moves, a double click shows all again."


class ChartOptions(NamedTuple):
    """How the charts are drawn."""

    log: bool = False  # the loss's axis
    smoothing: float = 0.6  # of the curve by step, 0-1


def ask_for_options(run: str) -> ChartOptions:
    """Offer the options of a run's charts; return those that are chosen."""
    with st.popover("Chart options", icon=":material/tune:"):
        log = st.toggle("Logarithmic loss", key=f"log-{run}")
        usual = ChartOptions().smoothing
        smoothing = st.slider("Smoothing of the curve by step", 0.0, 0.99, usual, 0.01, key=f"smooth-{run}")
        st.caption(ZOOMING)
    return ChartOptions(log, smoothing)


def show_empty_curves() -> None:
    """Show where the curves will appear; what draws them is loaded then, and does not keep the first points waiting."""
    nothing = [(plot_curves([], "loss"), LOSS_TO_COME), (plot_curves([], "accuracy", kind="accuracy"), GAP_TO_COME)]
    for place, (chart, words) in zip(st.columns(2), nothing, strict=True):
        place.vega_lite_chart(pack_points(chart), alt=words)
        place.caption(words)


def show_curves(board: Board, history: History, options: ChartOptions) -> None:
    """Show the charts of a run side by side."""
    run, curves = board.folder.name, board.curves(log=options.log, smoothing=options.smoothing)
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
