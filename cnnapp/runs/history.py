"""A run's events replayed as rows by step, dispatch and epoch."""

import contextlib
import threading
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from cnnapp.jobs import JobFolder


class EpochRow(NamedTuple):
    """What one completed epoch gave; validation is None for a run without it."""

    epoch: int  # 1-based
    step: int  # global steps done
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float
    seconds: float


class EpochSignals(NamedTuple):
    """What tells a healthy run from a sick one, at the end of an epoch."""

    epoch: int  # 1-based
    step: int  # global steps done
    class_accuracy: list[float | None]  # on validation images, by class; None: none of that class; empty: no validation
    answered: list[float]  # share of the answers to validation images, by class
    dead_units: dict[str, float]  # by ReLU layer: share of units that are zero for every validation image
    first_gradient: float | None  # mean size in the first kernel, at the epoch's last step; None: not finite
    last_gradient: float | None  # likewise in the last kernel
    waiting: float | None  # share of the training time that went into getting images


class DispatchRow(NamedTuple):
    """What is told once for several steps."""

    step: int  # global, the last of them
    gradient_norm: float | None  # global, mean over them; None: not finite
    learning_rate: float  # of the last of them


class NotFinite(NamedTuple):
    """Where training had to end."""

    what: str  # "loss" or "validation loss"
    step: int  # global, 1-based
    epoch: int  # 1-based, under way


class StepRows(NamedTuple):
    """What the steps gave, one entry each; `History.by_step` is replaced and never changed, so a reader may keep it."""

    steps: "array[int]"  # global, 1-based
    losses: "array[float]"  # of each step's batch
    accuracies: "array[float]"  # of each step's batch, 0-1


class Plan(NamedTuple):
    """What the worker found when it began."""

    device: str
    train: int  # images
    validation: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    from_step: int


_PLAN, _EPOCH, _SIGNALS = TypeAdapter(Plan), TypeAdapter(EpochRow), TypeAdapter(EpochSignals)
_NOT_FINITE, _DISPATCH = TypeAdapter(NotFinite), TypeAdapter(DispatchRow)
MOST_STEPS = 10**12  # more than any run has; larger numbers come from a damaged file


def _picked(event: dict[str, Any], row: type[Any]) -> dict[str, Any]:
    """Return the fields of a row that an event holds; newer versions may tell more."""
    return {name: event[name] for name in row._fields}


@dataclass
class History:
    """A run's events replayed; `update` reads only what is new, so many viewers can share one."""

    folder: JobFolder
    plan: Plan | None = None
    by_step: StepRows = field(default_factory=lambda: StepRows(array("q"), array("d"), array("d")))
    epochs: list[EpochRow] = field(default_factory=list)
    signals: list[EpochSignals] = field(default_factory=list)  # empty for runs of older versions of the app
    dispatches: list[DispatchRow] = field(default_factory=list)  # likewise
    not_finite: NotFinite | None = None
    notices: list[str] = field(default_factory=list)
    images_per_second: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)  # val_accuracy, test_accuracy, epoch of model.keras
    version: int = 0  # grows when anything is new
    _offset: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def update(self) -> "History":
        """Read the events that have come since the last call."""
        with self._guard:
            events, self._offset = self.folder.events(self._offset)
            if events:
                rows = StepRows(self.steps[:], self.losses[:], self.accuracies[:])
                for event in events:
                    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):  # of another version
                        self._apply(event, rows)
                self.by_step = rows
                self.version += len(events)
        return self

    @property
    def steps(self) -> "array[int]":
        """Global steps, 1-based."""
        return self.by_step.steps

    @property
    def losses(self) -> "array[float]":
        """Loss of each step's batch."""
        return self.by_step.losses

    @property
    def accuracies(self) -> "array[float]":
        """Accuracy of each step's batch, 0-1."""
        return self.by_step.accuracies

    @property
    def step(self) -> int:
        """Global steps done."""
        return self.steps[-1] if self.steps else 0

    @property
    def seconds_left(self) -> float | None:
        """Time to the last wanted epoch at the newest speed; None while nothing is known."""
        if self.plan is None or not self.images_per_second:
            return None
        steps = self.plan.epochs * self.plan.steps_per_epoch - self.step
        return max(0, steps) * self.plan.batch_size / self.images_per_second

    def _apply(self, event: dict[str, Any], rows: StepRows) -> None:
        kind = event.get("kind")
        if kind == "plan":
            plan = _PLAN.validate_python(_picked(event, Plan))
            if min(plan.epochs, plan.steps_per_epoch, plan.batch_size) < 1:
                raise ValueError("no plan of a run")
            before, self.plan = self.plan, plan
            if before and before.batch_size != self.plan.batch_size:
                self._renumber(before, self.plan, rows)
            self._cut_back(self.plan.from_step, rows)
        elif kind == "steps":
            self._apply_steps(event, rows)
        elif kind == "epoch":
            row = _EPOCH.validate_python(_picked(event, EpochRow))
            self.epochs.append(row)
            if "signals" in event:
                named = {**event["signals"], "epoch": row.epoch, "step": row.step}
                self.signals.append(_SIGNALS.validate_python(named))
        elif kind == "not_finite":
            self.not_finite = _NOT_FINITE.validate_python(_picked(event, NotFinite))
        elif kind == "notice":
            self.notices.append(str(event["message"]))
        elif kind == "result":
            self.result = event

    def _apply_steps(self, event: dict[str, Any], rows: StepRows) -> None:
        first, losses, accuracies = event["step"], array("d", event["loss"]), array("d", event["accuracy"])
        last = first + len(losses) - 1
        if len(losses) != len(accuracies) or not (rows.steps[-1] if rows.steps else 0) < first <= last < MOST_STEPS:
            raise ValueError("no steps that can follow those before")
        speed = float(event["images_per_second"])
        row = (
            _DISPATCH.validate_python((last, event["gradient_norm"], event["learning_rate"]))
            if "gradient_norm" in event
            else None
        )
        rows.steps.extend(range(first, last + 1))
        rows.losses.extend(losses)
        rows.accuracies.extend(accuracies)
        self.images_per_second = speed
        if row is not None:
            self.dispatches.append(row)

    def _renumber(self, before: Plan, now: Plan, rows: StepRows) -> None:
        """Count the steps so far as if they had been of the batch with which the run goes on."""

        def number(step: int) -> int:
            epochs, rest = divmod(step, before.steps_per_epoch)
            return epochs * now.steps_per_epoch + rest * before.batch_size // now.batch_size

        rows.steps[:] = array("q", map(number, rows.steps))
        self.epochs = [row._replace(step=number(row.step)) for row in self.epochs]
        self.signals = [row._replace(step=number(row.step)) for row in self.signals]
        self.dispatches = [row._replace(step=number(row.step)) for row in self.dispatches]

    def _cut_back(self, step: int, rows: StepRows) -> None:
        """Forget what a resumed attempt does again."""
        keep = bisect_right(rows.steps, step)
        for series in rows:
            del series[keep:]
        self.epochs = [row for row in self.epochs if row.step <= step]
        self.signals = [row for row in self.signals if row.step <= step]
        self.dispatches = [row for row in self.dispatches if row.step <= step]
        self.not_finite = None
