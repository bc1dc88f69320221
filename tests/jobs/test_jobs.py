"""Jobs: who owns one, what becomes of it when a process dies, and what a reader may believe."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, FINAL, FencedError, JobFolder, folder
from cnnapp.jobs.identity import identify
from tests.kit.job_folders import dead

# State


def test_a_new_job_is_queued(job):
    status = job.status()
    assert (status.state, status.number, status.active, status.final) == ("queued", 0, False, False)


def test_changes_are_numbered_and_facts_add_up(job):
    assert job.transition("running", allowed={"queued"}, summary={"epochs": 1})
    job.summarise(device="CPU")
    status = job.status()
    assert (status.state, status.number) == ("running", 2)
    assert status.summary == {"epochs": 1, "device": "CPU"}


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_end_is_final_for_workers_and_stop_buttons(job, state):
    job.transition(state, allowed={"queued"})
    assert not job.transition("stopping", allowed=ACTIVE)
    assert not job.transition("finished", allowed=ACTIVE)
    assert job.start_token() is None
    assert job.status().state == state


@pytest.mark.parametrize("verb", ["stop", "pause"])
@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("queued", {"stop": "stopped", "pause": "paused"}),
        ("paused", {"stop": "stopped", "pause": "paused"}),
        ("starting", {"stop": "stopping", "pause": "stopping"}),
        ("running", {"stop": "stopping", "pause": "stopping"}),
        *((state, {"stop": state, "pause": state}) for state in sorted(FINAL)),
    ],
)
def test_whoever_is_to_wind_up_has_been_asked(job, state, ends, verb):
    job.transition(state, allowed={"queued"}, worker=identify() if state in ACTIVE else None)
    job.call_off(verb)
    assert job.status().state == ends[verb]
    assert bool(job.requested(verb)) == (job.status().state == "stopping")


@pytest.mark.parametrize("first", ["stop", "pause"])
def test_a_stop_beats_a_pause_in_any_order(job, first):
    job.transition("running", allowed={"queued"}, worker=identify())
    for verb in (first, "pause" if first == "stop" else "stop"):
        job.call_off(verb)
    assert (job.status().state, job.status().message) == ("stopping", "")
    assert job.transition("paused", allowed=ACTIVE, worker=None)  # it had looked before the stop was asked for
    assert job.status().state == "stopped"


def test_a_new_attempt_waits_for_a_verb_that_is_half_done(job, monkeypatch):
    job.transition("running", allowed={"queued"}, worker=identify())
    request, resumed = JobFolder.request, []

    def request_while_another_tab_resumes(self, verb):
        request(self, verb)
        tab = threading.Thread(target=lambda: resumed.append(JobFolder(job.path).requeue()))
        tab.start()
        tab.join(0.2)
        assert tab.is_alive()  # it waits for its turn, and finds the job winding up

    monkeypatch.setattr(JobFolder, "request", request_while_another_tab_resumes)
    job.call_off("stop")
    assert job.status().state == "stopping"
    assert job.requested("stop")


def test_a_job_is_taken_by_one_starter_only(job):
    tokens = []
    threads = [threading.Thread(target=lambda: tokens.append(job.start_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(token is not None for token in tokens) == 1


def test_only_the_right_token_claims_a_job(job):
    token = job.start_token()
    assert not job.claim("")
    assert not job.claim("of an earlier start")
    assert job.claim(token)
    assert job.status().worker == identify()


def test_a_queued_job_cannot_be_claimed_without_a_start(job):
    assert not job.claim("")


def test_a_second_worker_with_the_same_token_is_turned_away(job):
    token = job.start_token()
    with subprocess.Popen(["sleep", "60"]) as other:
        job.started(token, other.pid)
        assert not job.claim(token)
        other.kill()


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(job):
    worker, reader = job, JobFolder(job.path)
    worker.claim(worker.start_token())
    worker.transition("running", allowed={"starting"})
    worker.emit("epoch", epoch=1)
    assert worker.owned
    reader.transition("interrupted", allowed=ACTIVE)
    assert not worker.owned
    before = {path: path.read_bytes() for path in job.path.iterdir()}
    for write in (
        lambda: worker.emit("epoch", epoch=2),
        lambda: worker.summarise(epochs=2),
        lambda: worker.transition("finished", allowed=ACTIVE),
        lambda: worker.turn().__enter__(),
    ):
        with pytest.raises(FencedError, match="interrupted in attempt 1 and not this process's any more"):
            write()
    reader.requeue()
    JobFolder(job.path).claim(reader.start_token())
    with pytest.raises(FencedError, match="starting in attempt 2"):
        worker.emit("epoch", epoch=2)
    assert (job.path / "events.jsonl").read_bytes() == before[job.path / "events.jsonl"]


def test_a_job_handed_to_a_launcher_waits_for_its_worker_however_long_that_takes(job, monkeypatch):
    token = job.start_token()
    job.handed_over(token, "batch job 7")
    later = time.time() + 1000
    monkeypatch.setattr(folder.time, "time", lambda: later)
    assert job.status().state == "starting"
    assert job.claim(token)


def test_a_job_that_its_launcher_has_lost_does_not_go_back_to_the_queue_for_ever(job):
    token = job.start_token()
    job.handed_over(token, "batch job 7")
    job.bury("of an earlier start")
    assert job.status().state == "starting"
    job.bury(token)
    assert job.status().state == "interrupted"
    assert "before it had begun" in job.status().message


def test_a_job_called_off_before_its_claim_is_still_claimed_to_be_wound_up(job):
    token = job.start_token()
    job.transition("stopping", allowed={"starting"})
    assert job.claim(token)


@pytest.mark.workers
def test_a_job_goes_back_to_the_queue_when_its_starter_dies_before_making_the_child(job):
    script = "import sys, pathlib, cnnapp.jobs as jobs; jobs.JobFolder(pathlib.Path(sys.argv[1])).start_token()"
    subprocess.run([sys.executable, "-c", script, job.path], check=True)
    status = job.status()
    assert (status.state, status.token, status.starter) == ("queued", "", None)


def test_a_child_of_a_dead_starter_comes_too_late(job):
    token = job.start_token()
    job.transition("starting", allowed={"starting"}, starter=dead())
    assert job.status().state == "queued"
    assert not job.claim(token)
    job.started(token, os.getpid())
    assert job.status().state == "queued"


def test_a_job_called_off_while_its_starter_died_is_stopped(job):
    job.start_token()
    job.transition("stopping", allowed={"starting"}, starter=dead())
    assert job.status().state == "stopped"


def test_a_starter_that_hangs_does_not_hold_the_queue_for_ever(job, monkeypatch):
    job.start_token()
    assert job.status().state == "starting"
    later = time.time() + 31
    monkeypatch.setattr(folder.time, "time", lambda: later)
    assert job.status().state == "queued"


def test_a_dead_worker_is_written_down_once_as_interrupted(job):
    job.transition("running", allowed={"queued"}, worker=dead(), summary={"epochs": 3})
    status = job.status()
    assert (status.state, status.worker, status.summary) == ("interrupted", None, {"epochs": 3})
    assert "ended without a word" in status.message
    assert job.status() == status


def test_readers_that_find_the_same_dead_worker_agree(job):
    job.transition("running", allowed={"queued"}, worker=dead())
    found = []
    threads = [threading.Thread(target=lambda: found.append(job.status())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(status.state, status.number) for status in found} == {("interrupted", 2)}


def test_a_dead_worker_is_seen_on_a_disk_that_cannot_be_written(job, monkeypatch):
    job.transition("running", allowed={"queued"}, worker=dead())

    def read_only(_path: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(files, "locked", read_only)
    assert job.status().state == "interrupted"
    monkeypatch.undo()
    assert files.read_json(job.path / "state.json")["state"] == "running"


def test_a_child_that_ended_before_it_was_noted_is_dead(job):
    token = job.start_token()
    job.started(token, dead().pid)
    assert job.status().state == "interrupted"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"state": "dancing", "created": 0, "updated": 0}', b"\xff"])
def test_a_damaged_state_is_one_sentence(job, content):
    (job.path / "state.json").write_bytes(content)
    with pytest.raises(CnnAppError, match="state file of job cannot be read: it is damaged"):
        job.status()


def test_a_missing_state_is_one_sentence(job):
    (job.path / "state.json").unlink()
    with pytest.raises(CnnAppError, match="no state file"):
        job.status()


# Requests, events, log


def test_a_request_stays_until_it_is_withdrawn(job):
    assert job.requested("learning_rate") is None
    job.request("learning_rate", 0.1)
    assert job.requested("learning_rate") == 0.1
    job.withdraw("learning_rate")
    job.withdraw("learning_rate")
    assert job.requested("learning_rate") is None


def test_events_are_read_from_where_the_reader_was_and_damage_is_passed_over(job):
    job.emit("epoch", epoch=1)
    first, offset = job.events()
    with (job.path / "events.jsonl").open("a") as file:
        file.write('7\n[1]\n{"ki\n')
    job.emit("epoch", epoch=2)
    later, _ = job.events(offset)
    assert [event["epoch"] for event in first + later] == [1, 2]


def test_the_log_is_shown_from_its_end_whatever_bytes_it_holds(job):
    assert job.log_tail() == ""
    job.log.write_bytes(b"first\n\xff\xfe last")
    assert job.log_tail(5) == " last"
    assert job.log_tail().endswith("last")
