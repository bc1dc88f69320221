"""The queue, with real processes but a worker that only waits."""

import time

import pytest

from cnnapp import jobs, runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobStatus
from cnnapp.jobs.identity import identify
from cnnapp.runs import queue
from cnnapp.settings import settings
from tests.kit.queued_runs import submit
from tests.kit.waiting import wait_for, wait_until

pytestmark = pytest.mark.workers


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
    wait_until(lambda: not jobs.identity.is_alive(worker))


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
    allowed = runs.enqueue(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
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
    assert runs.get(run).active


@pytest.mark.parametrize("act", ["break", "crash", "refuse"])
def test_what_ends_otherwise_is_not_tried_again(library, act):
    run = runs.enqueue(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
    runs.find(run).request("act", act)
    runs.schedule()
    wait_for(run, "failed", "interrupted")
    assert runs.get(run).cause == ""
    assert runs.schedule() == []


def test_a_worker_that_does_not_listen_can_be_ended_and_is_not_taken_for_starved(library):
    run = runs.enqueue(runs.configure("digits", "lenet5", smaller_batch_on_oom=True))
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


# What is asked for starts


def test_what_is_submitted_copied_or_resumed_starts_when_it_may(library):
    first = runs.submit(runs.configure("digits", "lenet5"))
    assert runs.get(first).active
    second = runs.clone(first)
    assert runs.get(second).state == "queued"  # one worker
    runs.stop(first)
    wait_for(first, "stopped", "finished")
    runs.stop(second)
    runs.resume(second)
    wait_for(second, "starting", "running", "finished")


def test_what_is_asked_for_is_queued_even_where_the_queue_cannot_be_read_now(library, caplog):
    (library / "scheduler.lock").mkdir(parents=True)  # as a broken disk would, it refuses to be opened
    run = runs.submit(runs.configure("digits", "lenet5"))
    assert runs.get(run).state == "queued"
    assert "The queue cannot be read" in caplog.text


def test_runs_of_one_second_that_draw_the_same_digits_are_two_runs(library, monkeypatch):
    drawn = iter(["00ff00", "00ff00", "00ff00", "0ff000"])
    monkeypatch.setattr(jobs.library, "draw_digits", lambda: next(drawn))
    monkeypatch.setattr(jobs.library.time, "gmtime", lambda: time.struct_time((2026, 11, 28, 0, 0, 0, 0, 0, 0)))
    first, second = submit(2)
    assert (first, second) == ("20261128-000000-digits-lenet5-00ff00", "20261128-000000-digits-lenet5-0ff000")
    assert {run.run for run in runs.list_runs()} == {first, second}
