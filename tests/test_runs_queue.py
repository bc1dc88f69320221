"""The queue, with real processes but a worker that only waits."""

import subprocess
import sys
import time

import pytest

from cnnapp import jobs, runs
from cnnapp.jobs import processes
from cnnapp.runs import queue
from cnnapp.settings import settings

CHILD = "tests.jobs_child"


@pytest.fixture
def library(home, monkeypatch):
    """A library whose runs are worked on by the small child."""
    monkeypatch.setattr(queue, "WORKER", CHILD)
    yield home
    for run in runs.list_runs():
        if not run.damaged:
            runs.stop(run.run)
    deadline = time.monotonic() + 20
    while processes._children:
        assert time.monotonic() < deadline
        jobs.reap()
        time.sleep(0.01)


def submit(count: int, act: str = "wait") -> list[str]:
    submitted = [runs.submit(runs.configure("digits", "lenet5")) for _ in range(count)]
    for run in submitted:
        runs.find(run).request("act", act)
    return submitted


def wait_for(run: str, *states: str) -> None:
    deadline = time.monotonic() + 20
    while runs.get(run).state not in states:
        assert time.monotonic() < deadline, runs.find(run).log_tail()
        time.sleep(0.01)


def test_the_oldest_runs_start_first_and_no_more_than_there_are_workers(library, monkeypatch):
    monkeypatch.setenv("CNNAPP_WORKERS", "2")
    settings.cache_clear()
    first, second, third = submit(3)
    assert runs.schedule() == [first, second]
    assert runs.schedule() == []
    wait_for(second, "running")
    runs.stop(second)
    wait_for(second, "stopped")
    assert runs.schedule() == [third]
    assert runs.get(first).active


def test_a_killed_run_makes_room_for_the_next(library):
    first, second = submit(2)
    runs.schedule()
    wait_for(first, "running")
    jobs.folder.psutil.Process(runs.find(first).status().worker.pid).kill()
    wait_for(first, "interrupted")
    assert runs.schedule() == [second]


def test_a_damaged_run_does_not_keep_the_others_from_starting(library):
    damaged, good = submit(2)
    (runs.find(damaged).path / "state.json").write_bytes(b"{")
    assert runs.schedule() == [good]


def test_deleting_a_running_run_stops_its_worker_first(library):
    (run,) = submit(1)
    runs.schedule()
    wait_for(run, "running")
    worker = runs.find(run).status().worker
    runs.delete(run)
    assert runs.list_runs() == []
    deadline = time.monotonic() + 10
    while jobs.identity.is_alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_schedulers_that_race_start_every_run_once(library, monkeypatch):
    monkeypatch.setenv("CNNAPP_WORKERS", "2")
    settings.cache_clear()
    submitted = submit(4, "finish")
    script = f"""
import time
from cnnapp import runs
from cnnapp.runs import queue
queue.WORKER = {CHILD!r}
while any(run.active or run.state == "queued" for run in runs.list_runs()):
    runs.schedule()
    assert sum(run.active for run in runs.list_runs()) <= 2
"""
    racers = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [racer.wait(timeout=60) for racer in racers] == [0, 0]
    for run in submitted:
        events, _ = runs.find(run).events()
        assert [event["kind"] for event in events] == ["began"]
        assert runs.get(run).state == "finished"
