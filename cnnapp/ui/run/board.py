"""What everybody who watches a run sees alike: computed once for all of them, however many there are."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnnapp import runs
from cnnapp.devices import measure_usage
from cnnapp.doctor import Case, DatasetFacts, Diagnosis, examine
from cnnapp.figures.live_curves import PHASE, STEP, TRAIN, VAL, compute_curve, plot_curves
from cnnapp.runs import History
from cnnapp.ui.kit.once import Once
from cnnapp.ui.kit.packing import pack_points

BOARDS = 50  # runs that people watch at a time; of a run with 100,000 steps it keeps about 5 MB
KEPT = 6  # answers to different questions: people choose different options


class Curves(NamedTuple):
    """The two large charts as `st.vega_lite_chart` takes them, their points packed."""

    loss: dict[str, Any]
    accuracy: dict[str, Any]


class Board:
    """One run, as its watchers see it."""

    def __init__(self, run: str) -> None:
        self.folder = runs.find(run)
        self._history = History(self.folder)
        self._read = self._told = float("-inf")
        self._first: float | None = None
        self._once = {name: Once(KEPT) for name in ("curves", "findings", "usage", "more")}

    def take(self, summary: runs.RunSummary) -> None:
        """Take what somebody has just read of the run, so that nobody is told anything older."""
        self._summary, self._told = summary, time.monotonic()
        self._config = self.folder.config.model_copy(update={"recipe": self.folder.recipe})

    def summary(self, *, max_age: float = 0.0) -> runs.RunSummary:
        """Return the run in short, as it was at most `max_age` seconds ago.

        Raises:
            CnnAppError: it has been deleted.
        """
        if time.monotonic() - self._told >= max_age:
            self.take(runs.get(self.folder.name))
        return self._summary

    def history(self, *, max_age: float = 0.0) -> History:
        """Return the run's history, as it was at most `max_age` seconds ago: who looks again soon need not read it."""
        if time.monotonic() - self._read >= max_age:
            self._read = time.monotonic()
            self._history.update()
        return self._history

    @property
    def points_age(self) -> float:
        """Seconds since somebody has first read a point of the run; 0 while there is none."""
        if self._first is None and self._history.steps:
            self._first = time.monotonic()
        return time.monotonic() - self._first if self._first is not None else 0.0

    def curves(self, *, log: bool, smoothing: float) -> Curves:
        """Return the charts of loss and accuracy."""
        question = (self._history.version, log, smoothing)
        found: Curves = self._once["curves"].answer(question, lambda: self._draw(log, smoothing))
        return found

    def more(
        self, kind: str, draw: Callable[[], tuple[dict[str, Any] | None, str]]
    ) -> tuple[dict[str, Any] | None, str]:
        """Return a smaller chart of this kind, if there is something to draw, and what it says; `draw` makes it."""
        found: tuple[dict[str, Any] | None, str] = self._once["more"].answer(
            (self._history.version, kind), lambda: _packed(*draw())
        )
        return found

    def findings(self, facts: DatasetFacts, *, max_age: float = 0.0) -> list[Diagnosis]:
        """Return what the doctor finds of the run as it was last read, the worst first.

        Args:
            facts: of its data set.
            max_age: seconds since its settings were read, which may be changed while it trains.

        Raises:
            CnnAppError: it has been deleted.
        """
        self.summary(max_age=max_age)
        config = self._config
        found: list[Diagnosis] = self._once["findings"].answer(
            (self._history.version, config.recipe, facts), lambda: examine(Case.of(self._history, config, facts))
        )
        return found

    def usage(self, seconds: float) -> str:
        """Return what the run's process takes of the machine over so many seconds, in words; "" when it has gone."""
        turn = int(time.monotonic() / seconds)
        words: str = self._once["usage"].answer(turn, self._measure)
        return words

    def _measure(self) -> str:
        worker = self.folder.status().worker
        usage = measure_usage(worker.pid) if worker else None
        return usage.words if usage else ""

    def _draw(self, log: bool, smoothing: float) -> Curves:
        history, plan = self._history, self._history.plan
        per_epoch = plan.steps_per_epoch if plan else 1
        # Taken once each: another viewer's update may come between two looks at the history.
        steps, rows = history.by_step, history.epochs[:]
        x = np.frombuffer(steps.steps, np.int64) / per_epoch
        ends = [row.epoch for row in rows]
        loss = [
            compute_curve(STEP, x, np.frombuffer(steps.losses), smoothing),
            compute_curve(TRAIN, ends, [row.loss for row in rows]),
            compute_curve(VAL, *_known(ends, [row.val_loss for row in rows])),
        ]
        accuracy = [
            compute_curve(STEP, x, np.frombuffer(steps.accuracies), smoothing),
            compute_curve(TRAIN, ends, [row.accuracy for row in rows]),
            compute_curve(VAL, *_known(ends, [row.val_accuracy for row in rows])),
        ]
        if self.folder.config.recipe.fine_tuning:  # until then without a point, so that the chart stays the same one
            first = self.folder.config.recipe.phases[1].first
            begun = [first] if plan and steps.steps and steps.steps[-1] > first * per_epoch else []
            mark = compute_curve(PHASE, begun, [float("nan")] * len(begun))
            loss, accuracy = [*loss, mark], [*accuracy, mark]
        return Curves(
            pack_points(plot_curves(loss, "loss", log=log)),
            pack_points(plot_curves(accuracy, "accuracy", kind="accuracy")),
        )


def _packed(chart: dict[str, Any] | None, words: str) -> tuple[dict[str, Any] | None, str]:
    return chart and pack_points(chart), words


def _known(x: list[int], y: list[float | None]) -> tuple[list[int], list[float]]:
    pairs = [(across, up) for across, up in zip(x, y, strict=True) if up is not None]
    return [across for across, _ in pairs], [up for _, up in pairs]


@st.cache_resource(max_entries=BOARDS, show_spinner=False)
def board_of(run: str) -> Board:
    """Return the run's board, the same for everybody."""
    return Board(run)


def history_of(run: str) -> History:
    """Return the run's history, up to date."""
    return board_of(run).history()
