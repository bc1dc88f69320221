"""The queue under several servers that race or are killed, and under tabs that press verbs at the same time."""

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from tests.queued_runs import CHILD, submit, wait_for

pytestmark = pytest.mark.workers


# Several servers on one library, and servers that are killed

SERVER = f"""
import time
from cnnapp import runs
from cnnapp.runs import queue
queue.WORKER = {CHILD!r}
while any(run.active or run.state == "queued" for run in runs.list_runs()):
    runs.schedule()
    assert len(runs.waiting()) == len(set(runs.waiting()))
    with queue._turn():  # else one ends and the next starts between two lines of the list
        assert sum(run.active for run in runs.list_runs()) <= queue.settings().workers
    time.sleep(0.02)
"""


def new_server() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SERVER])


def assert_each_trained_once(submitted: list[str]) -> list[float]:
    """Return when each began."""
    began = []
    for run in submitted:
        events, _ = runs.find(run).events()
        assert [event["kind"] for event in events] == ["began"], run
        assert (runs.get(run).state, runs.find(run).status().attempt) == ("finished", 1)
        began.append(events[0]["time"])
    return began


def test_schedulers_that_race_start_every_run_once(library, monkeypatch):
    monkeypatch.setenv("CNNAPP_WORKERS", "2")
    settings.cache_clear()
    submitted = submit(4, "finish")
    racers = [new_server() for _ in range(2)]
    assert [racer.wait(timeout=60) for racer in racers] == [0, 0]
    assert_each_trained_once(submitted)


@pytest.mark.parametrize(
    ("count", "kills"), [(6, 1), pytest.param(50, 3, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_runs_through_killed_servers_are_each_trained_once_and_in_order(library, monkeypatch, count, kills):
    monkeypatch.setenv("CNNAPP_WORKERS", "1")
    settings.cache_clear()
    submitted = submit(count, "finish")
    servers = [new_server() for _ in range(2)]
    for fall in range(1, kills + 1):
        wait_until(lambda fall=fall: finished(submitted) >= fall * count // (kills + 2))
        for server in servers:
            server.kill()
            server.wait()
        servers = [new_server() for _ in range(2)]
    assert [server.wait(timeout=600) for server in servers] == [0, 0]
    began = assert_each_trained_once(submitted)
    assert began == sorted(began)


def finished(submitted: list[str]) -> int:
    return sum(runs.get(run).state == "finished" for run in submitted)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# Verbs that race


def press(run: str, verb: str) -> None:
    """What a tab does on a click; a refusal in words is fine."""
    with contextlib.suppress(CnnAppError):
        getattr(runs, verb)(run)
        runs.schedule()


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_two_tabs_that_press_any_two_verbs_leave_no_stuck_run_and_start_none_twice(library, monkeypatch, rounds):
    monkeypatch.setenv("CNNAPP_WORKERS", "2")
    settings.cache_clear()
    for pair in list(itertools.combinations_with_replacement(("stop", "pause", "resume", "delete"), 2)) * rounds:
        (run,) = submit(1)
        runs.schedule()
        folder = runs.find(run)
        tabs = [threading.Thread(target=press, args=(run, verb)) for verb in pair]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        if "delete" in pair:
            wait_until(lambda run=run: run not in {each.run for each in runs.list_runs()})
            continue
        runs.stop(run)
        wait_for(run, "stopped", "paused")
        began = [event for event in folder.events()[0] if event["kind"] == "began"]
        assert len({event["pid"] for event in began}) == len(began) <= folder.status().attempt
