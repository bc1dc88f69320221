"""The queue, with real processes but a worker that only waits."""

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from cnnapp import jobs, runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobStatus, processes
from cnnapp.jobs.identity import identify
from cnnapp.runs import queue
from cnnapp.settings import settings

pytestmark = pytest.mark.workers

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


def test_a_queued_run_can_be_moved_to_any_place(library):
    first, second, third = submit(3)
    assert runs.waiting() == [first, second, third]
    runs.move(third, 1)
    assert runs.waiting() == [third, first, second]
    runs.move(third, 2)
    assert runs.waiting() == [first, third, second]
    runs.move(first, 99)
    assert runs.waiting() == [third, second, first]
    runs.move(first, 0)
    assert runs.waiting() == [first, third, second]
    assert runs.schedule() == [first]
    with pytest.raises(CnnAppError, match="only a queued run has a place"):
        runs.move(first, 1)
    runs.stop(third)
    assert runs.waiting() == [second]


def test_runs_that_were_queued_in_the_same_moment_can_be_moved(library):
    submitted = sorted(submit(3))
    for run in submitted:
        runs.find(run).transition("queued", allowed={"queued"}, queued=1000.0)
    runs.move(submitted[2], 2)
    assert runs.waiting() == [submitted[0], submitted[2], submitted[1]]


def test_each_run_gets_gpus_of_its_own_and_waits_for_them(library, monkeypatch):
    monkeypatch.setattr(queue, "count_gpus", lambda: 2)
    first, second, third = submit(3)
    assert runs.schedule() == [first, second]
    assert [runs.find(run).status().gpus for run in (first, second)] == [(0,), (1,)]
    runs.stop(first)
    wait_for(first, "stopped")
    assert runs.schedule() == [third]
    assert runs.find(third).status().gpus == (0,)


@pytest.mark.parametrize(
    ("gpus", "variables", "slots"),
    [
        (0, {}, [()]),
        (0, {"CNNAPP_WORKERS": "3"}, [(), (), ()]),
        (4, {}, [(0,), (2,), (3,)]),
        (4, {"CNNAPP_WORKERS": "2"}, [(0,)]),
        (4, {"CNNAPP_GPUS_PER_RUN": "2"}, [(0, 2)]),
        (2, {"CNNAPP_GPUS_PER_RUN": "4"}, []),
        (1, {"CNNAPP_WORKERS": "9"}, [(0,)]),
    ],
)
def test_workers_and_gpus_bound_what_starts(home, monkeypatch, gpus, variables, slots):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    monkeypatch.setattr(queue, "count_gpus", lambda: gpus)
    busy = JobStatus(state="running", created=0, updated=0, gpus=(1,))
    assert queue._free_slots([busy] if gpus > 1 else []) == slots


def test_what_ran_before_a_reboot_does_not_keep_the_queue_waiting(library):
    before, after = submit(2)
    worker = identify().model_copy(update={"boot": "the one before", "pid": 1})
    runs.find(before).transition("running", allowed={"queued"}, worker=worker)
    assert runs.schedule() == [after]
    assert runs.get(before).state == "interrupted"


def test_what_runs_on_another_machine_takes_no_worker_of_this_one(library):
    elsewhere, here = submit(2)
    worker = identify().model_copy(update={"boot": "another", "machine": "another"})
    runs.find(elsewhere).transition("running", allowed={"queued"}, worker=worker)
    assert runs.schedule() == [here]
    assert runs.get(elsewhere).state == "running"


# Out of memory


def test_a_killed_run_goes_on_once_with_half_the_batch_where_its_recipe_allows_it(library):
    allowed = runs.submit(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
    (later,) = submit(1)
    runs.find(allowed).request("act", "die")
    runs.schedule()
    wait_for(allowed, "interrupted")
    assert runs.get(allowed).cause == "killed"

    assert runs.schedule() == [allowed]  # in its old place, before what came later
    folder = runs.find(allowed)
    assert (folder.status().attempt, folder.recipe.batch_size) == (2, 32)
    assert folder.config.recipe.batch_size == 64
    assert runs.History(folder).update().notices == ["Memory ran out at a batch size of 64: it goes on with 32."]
    wait_for(allowed, "interrupted")
    assert runs.schedule() == [later]  # once
    assert runs.get(allowed).state == "interrupted"


@pytest.mark.parametrize("act", ["die", "starve"])
def test_without_leave_a_run_that_ran_out_of_memory_stays_as_it_ended(library, act):
    (run,) = submit(1, act)
    runs.schedule()
    wait_for(run, "interrupted", "failed")
    assert runs.schedule() == []
    runs.resume(run, batch_size=16)
    assert runs.find(run).recipe.batch_size == 16
    assert runs.schedule() == [run]


@pytest.mark.parametrize("act", ["break", "crash", "refuse"])
def test_what_ends_otherwise_is_not_tried_again(library, act):
    run = runs.submit(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
    runs.find(run).request("act", act)
    runs.schedule()
    wait_for(run, "failed", "interrupted")
    assert runs.get(run).cause == ""
    assert runs.schedule() == []


def test_a_worker_that_does_not_listen_can_be_ended_and_is_not_taken_for_starved(library):
    run = runs.submit(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
    runs.find(run).request("act", "ignore")
    runs.schedule()
    wait_for(run, "running")
    runs.stop(run)
    assert runs.get(run).state == "stopping"
    runs.end_process(run)
    wait_for(run, "interrupted")
    assert "before it had wound up" in runs.get(run).message
    assert runs.schedule() == []
    runs.end_process(run)  # nothing is there any more


def test_on_the_way_a_batch_only_becomes_smaller(library):
    (run,) = submit(1)
    runs.stop(run)
    with pytest.raises(CnnAppError, match="can only become smaller than 64, not 128"):
        runs.resume(run, batch_size=128)


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
