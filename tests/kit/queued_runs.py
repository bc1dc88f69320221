"""Runs that a small child works on in place of the training worker: started, waited for, ended."""

import pytest

from cnnapp import jobs, runs
from cnnapp.jobs import processes
from cnnapp.runs import queue
from tests.kit.waiting import wait_until

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

    def all_gone() -> bool:
        jobs.reap()
        return not processes._children

    wait_until(all_gone)


def submit(count: int, act: str = "wait") -> list[str]:
    """Queue so many runs whose worker waits to be stopped, or does another `act` of `jobs_child`."""
    submitted = [runs.enqueue(runs.configure("digits", "lenet5")) for _ in range(count)]
    for run in submitted:
        runs.find(run).request("act", act)
    return submitted
