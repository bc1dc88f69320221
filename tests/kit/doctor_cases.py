"""Histories written by hand for the doctor's rules, and what it says of them."""

import math
from collections.abc import Sequence
from typing import Any

from cnnapp import runs
from cnnapp.doctor import Case, DatasetFacts, Diagnosis
from cnnapp.runs import DispatchRow, EpochRow, EpochSignals, Plan, RunConfig

LN10 = math.log(10)
EQUAL = DatasetFacts(class_counts=(144,) * 10, test=200)


def epochs(
    losses: Sequence[float], accuracies: Sequence[float], val: Sequence[float] | None = None, rate: float = 0.001
):
    """Rows of 23 steps; without `val` validation is like training."""
    shares = accuracies if val is None else val
    return [
        EpochRow(epoch, 23 * epoch, loss, accuracy, loss, share, rate, 0.1)
        for epoch, (loss, accuracy, share) in enumerate(zip(losses, accuracies, shares, strict=True), 1)
    ]


def signals(count: int, **changes: Any) -> list[EpochSignals]:
    fields = {
        "class_accuracy": [0.9] * 10,
        "answered": [0.1] * 10,
        "dead_units": {"conv1": 0.0, "dense1": 0.2},
        "first_gradient": 0.01,
        "last_gradient": 0.02,
        "waiting": 0.01,
    } | changes
    return [EpochSignals(epoch=epoch, step=23 * epoch, **fields) for epoch in range(1, count + 1)]


def case(rows: list[EpochRow], config: RunConfig | None = None, **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "config": config or runs.configure("digits", "lenet5"),
        "facts": EQUAL,
        "plan": Plan("CPU", 1437, 160, 15, 23, batch_size=64, from_step=0),
        "epochs": rows,
        "signals": signals(len(rows)),
        "dispatches": [DispatchRow(row.step, 2.0, row.learning_rate) for row in rows],
        "not_finite": None,
    }
    return Case(**fields | changes)


def names(found: list[Diagnosis]) -> list[str]:
    return [diagnosis.name for diagnosis in found]


def named(found: list[Diagnosis], name: str) -> Diagnosis:
    assert name in names(found), names(found)
    return next(diagnosis for diagnosis in found if diagnosis.name == name)


LEARNING = epochs([1.5, 0.6, 0.4], [0.5, 0.8, 0.88])
AT_CHANCE = epochs([2.31, 2.305, 2.303], [0.1, 0.1, 0.11])
