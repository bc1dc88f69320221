"""What else moves while a network learns, one curve at a time below the two large ones."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnapp.figures.live_curves import Curve, compute_curve, thin
from cnnapp.figures.signal_curves import MOST_LINES, MOST_POINTS, plot_class_accuracy, plot_signal
from cnnapp.runs import EpochSignals, History, Plan
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.words import decimal, percent
from cnnapp.ui.live.rhythm import FRESH_SECONDS
from cnnapp.ui.run.board import Board

RATE, NORM, CLASSES = "Learning rate", "Pull (gradient norm)", "Accuracy by class"
Drawn = tuple[dict[str, Any] | None, str]  # the chart, None while there is nothing to draw; what it says, in words


def show_more_curves(run: str, board: Board, every: float | None) -> None:
    """Offer the smaller curves; only the one that is chosen is drawn.

    Args:
        run: its name.
        board: of the run.
        every: seconds between two looks at it; None: it does not change any more.
    """
    chosen = st.segmented_control("More curves", list(_DRAW), key=f"more-{run}")
    if chosen is not None:
        fragment(_show, run_every=every)(run, board, chosen)


def _show(run: str, board: Board, chosen: str) -> None:
    history, class_names = board.history(max_age=FRESH_SECONDS), board.folder.config.class_names
    chart, words = board.more(chosen, lambda: _DRAW[chosen](history, class_names))
    if chart is not None:
        st.vega_lite_chart(chart, key=f"{chosen}-{run}", alt=words)
    st.caption(escape(words))


def _rate(history: History, _: Sequence[str]) -> Drawn:
    rows, plan = history.dispatches[:], history.plan
    if not rows or plan is None:
        return None, "It appears with the first steps of a run of this version of the app."
    curve = _by_step("learning rate", [row.step for row in rows], [row.learning_rate for row in rows], plan)
    return plot_signal(curve), f"The learning rate is {rows[-1].learning_rate:.3g}: how far each step goes."


def _norm(history: History, _: Sequence[str]) -> Drawn:
    rows, plan = [row for row in history.dispatches[:] if row.gradient_norm], history.plan
    if not rows or plan is None:
        return None, "It appears with the first steps of a run of this version of the app."
    newest = rows[-1].gradient_norm or 0.0
    curve = _by_step("gradient norm", [row.step for row in rows], [row.gradient_norm or 0.0 for row in rows], plan)
    meaning = "how strongly the mistakes pull at the weights. Steady or falling is healthy."
    words = f"The gradient norm is {decimal(newest)}: {meaning}"
    return plot_signal(curve, log=True), words


def _by_step(name: str, steps: list[int], values: list[float], plan: Plan) -> Curve:
    x = np.asarray(steps, np.float32) / np.float32(plan.steps_per_epoch)
    return Curve(name, *thin(x, np.asarray(values, np.float32), MOST_POINTS))


def _classes(history: History, class_names: Sequence[str]) -> Drawn:
    rows = [row for row in history.signals[:] if len(row.class_accuracy) == len(class_names)]
    if not rows:
        return None, "It appears after the first epoch, where images are held out for validation."
    newest = [(share, label) for label, share in enumerate(rows[-1].class_accuracy) if share is not None]
    worst = sorted(newest)[:MOST_LINES]
    every = -(-len(rows) * len(worst) // MOST_POINTS)
    shown = rows[::-every][::-1]  # the newest always
    curves = [_of_class(class_names[label], label, shown) for _, label in sorted(worst, key=lambda pair: pair[1])]
    lowest = f"Lowest: {class_names[worst[0][1]]} with {percent(worst[0][0])} of its validation images right."
    others = f" The {MOST_LINES} lowest of {len(newest)} classes are drawn." if len(newest) > MOST_LINES else ""
    return plot_class_accuracy(curves), lowest + others


def _of_class(name: str, label: int, rows: list[EpochSignals]) -> Curve:
    pairs = [(row.epoch, share) for row in rows if (share := row.class_accuracy[label]) is not None]
    return compute_curve(name, [epoch for epoch, _ in pairs], [share for _, share in pairs])


_DRAW: dict[str, Callable[[History, Sequence[str]], Drawn]] = {RATE: _rate, NORM: _norm, CLASSES: _classes}
