"""Waiting for what other processes do, as long as it takes: the one limit tells a hang from a busy machine."""

import time
from collections.abc import Callable
from typing import TypeVar

from cnnapp import datasets, runs
from cnnapp.datasets import DatasetJob
from cnnapp.runs import RunSummary

PATIENCE = 600  # seconds; what takes five on a quiet machine may take a minute on a busy one
Found = TypeVar("Found")


def wait_until(look: Callable[[], Found], tell: Callable[[], object] = lambda: "") -> Found:
    """Look until something is there and return it; `tell` says what there is instead when it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, tell()
        time.sleep(0.02)
    return found


def finish(job: str) -> DatasetJob:
    """Wait for a job on a data set; return how it ended."""
    wait_until(lambda: not datasets.get_job(job).live, lambda: datasets.get_job(job))
    return datasets.get_job(job)


def wait_for(run: str, *states: str) -> RunSummary:
    """Wait until a run is in one of `states`."""

    def look() -> RunSummary | None:
        summary = runs.get(run)
        return summary if summary.state in states else None

    return wait_until(look, lambda: f"{runs.get(run)}\n{runs.find(run).log_tail()}")


def wait_for_step(run: str, step: int) -> None:
    """Wait until a run's history has reached a step."""
    history = runs.History(runs.find(run))
    wait_until(lambda: history.update().step >= step, lambda: runs.find(run).log_tail())
