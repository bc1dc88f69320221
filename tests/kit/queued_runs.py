"""Runs that a small child works on in place of the training worker: started, waited for, ended."""

import time

import pytest

from cnnapp import jobs, runs
from cnnapp.jobs import processes
from cnnapp.runs import queue

CHILD = "tests.kit.jobs_child"


@pytest.fixture
def library(home, monkeypatch):
    """A library whose runs are worked on by the small child."""
    monkeypatch.setattr(queue, "WORKER", CHILD)
    yield home
    for run in runs.list_runs():
        if not run.damaged:
            runs.stop(run.run)
    reap_all()


def reap_all() -> None:
    """Wait until every worker that this process has started is gone and collected."""
    deadline = time.monotonic() + 120  # TensorFlow takes its time to end
    while processes._children:
        assert time.monotonic() < deadline
        jobs.reap()
        time.sleep(0.01)


def submit(count: int, act: str = "wait") -> list[str]:
    """Queue so many runs whose worker waits to be stopped, or does another `act` of `jobs_child`."""
    submitted = [runs.enqueue(runs.configure("digits", "lenet5")) for _ in range(count)]
    for run in submitted:
        runs.find(run).request("act", act)
    return submitted


def wait_for(run: str, *states: str) -> None:
    deadline = time.monotonic() + 20
    while runs.get(run).state not in states:
        assert time.monotonic() < deadline, f"{runs.find(run).status()}\n{runs.find(run).log_tail()}"
        time.sleep(0.01)
