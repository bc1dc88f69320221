import contextlib
import threading
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


@dataclass
class History:
    """A run's events replayed; `update` reads only what is new, so many viewers can share one."""

    folder: JobFolder
    plan: Plan | None = None
    by_step: StepRows = field(default_factory=lambda: StepRows(array("q"), array("d"), array("d")))
    epochs: list[EpochRow] = field(default_factory=list)
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
                    with contextlib.suppress(KeyError, TypeError):  # of another version of the app
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
            self.plan = Plan(**{name: event[name] for name in Plan._fields})
            self._cut_back(self.plan.from_step, rows)
        elif kind == "steps":
            first, losses, accuracies = event["step"], event["loss"], event["accuracy"]
            rows.steps.extend(range(first, first + len(losses)))
            rows.losses.extend(losses)
            rows.accuracies.extend(accuracies)
            self.images_per_second = event["images_per_second"]
        elif kind == "epoch":
            self.epochs.append(EpochRow(**{name: event[name] for name in EpochRow._fields}))
        elif kind == "notice":
            self.notices.append(event["message"])
        elif kind == "result":
            self.result = event

    def _cut_back(self, step: int, rows: StepRows) -> None:
        """Forget what a resumed attempt does again."""
        keep = bisect_right(rows.steps, step)
        for series in rows:
            del series[keep:]
        self.epochs = [row for row in self.epochs if row.step <= step]
