"""A library of jobs: its list, ids that are taken, a stop that meets a start, and what is pruned."""

import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cnnapp import jobs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, CalledOffError, JobFacts, JobFolder, JobLibrary, Reporter, facts, library
from cnnapp.jobs.identity import identify
from tests.kit.job_folders import dead


class Large(JobFolder):
    """A job with a large file that only its worker needs, which may go on when it was interrupted."""

    idle = frozenset({"queued", "interrupted"})

    def tidy(self) -> None:
        (self.path / "large").unlink(missing_ok=True)


@pytest.fixture
def shelf(tmp_path: Path) -> JobLibrary[Large]:
    return JobLibrary(Large, lambda: tmp_path / "jobs", "There is no job {name!r}: choose another.")


def fill(folder: JobFolder) -> None:
    (folder.path / "large").write_text("large")


def end(folder: JobFolder, state: str = "failed") -> None:
    folder.transition(state, allowed={"queued"})


def has_large(folder: JobFolder) -> bool:
    return (folder.path / "large").exists()


def line(folder: JobFolder, sentence: str = "") -> JobFacts:
    if sentence:
        return JobFacts(job=folder.name, state="failed", message=sentence, created=library.made(folder))
    return JobFacts.read(folder)


# The list


def test_there_are_no_jobs_before_the_first(shelf):
    assert (shelf.folders(), shelf.listed(line)) == ([], [])


def test_jobs_are_listed_newest_first_and_damaged_ones_where_they_are_wanted(shelf):
    first, second, damaged = (shelf.create("kind", fill) for _ in range(3))
    (damaged.path / "state.json").write_text("{")
    (damaged.path.parent / ".unfinished.part").mkdir()
    (damaged.path.parent / "a file").write_text("")
    assert [job.job for job in shelf.listed(line)] == [second.name, first.name]
    listed = shelf.listed(line, line)
    assert [job.job for job in listed] == [damaged.name, second.name, first.name]
    assert "is damaged" in listed[0].message


def test_a_job_that_somebody_deletes_while_it_is_listed_is_not_damaged(shelf):
    shelf.create("kind", fill)

    def read(folder: JobFolder) -> JobFacts:
        folder.remove()
        return JobFacts.read(folder)

    assert shelf.listed(read, line) == []


@pytest.mark.parametrize("name", ["../elsewhere", ".", "", "{0}", "a\0b"])
def test_a_name_from_outside_is_compared_and_never_joined(shelf, name):
    (shelf.create("kind", fill).path.parent.parent / "elsewhere").mkdir()
    with pytest.raises(CnnAppError, match="There is no job"):
        shelf.find(name)


def test_facts_that_cannot_be_are_told_in_a_sentence(shelf):
    job = shelf.create("kind", fill)
    job.summarise(done="many")
    with pytest.raises(CnnAppError, match="damaged"):
        JobFacts.read(job)


# Ids


def test_an_id_is_no_path_whatever_the_words(shelf):
    job = shelf.create("../../a b/ä", fill)
    assert job.path.parent == shelf.find(job.name).path.parent
    assert "/" not in job.name
    assert not job.name.startswith(".")


def test_an_id_that_is_taken_is_drawn_again(shelf, monkeypatch):
    draws = itertools.count()
    monkeypatch.setattr(library, "new_id", lambda words: f"{words}-{next(draws) // 3}")
    first, second, third = (shelf.create("kind", fill) for _ in range(3))
    assert [job.name for job in (first, second, third)] == ["kind-0", "kind-1", "kind-2"]
    assert all(has_large(job) and job.status().state == "queued" for job in (first, second, third))
    assert len(list(first.path.parent.iterdir())) == 3  # nothing half made is left


def test_where_no_id_is_free_it_says_so(shelf, monkeypatch):
    monkeypatch.setattr(library, "new_id", str)
    monkeypatch.setattr(library, "DRAWS", 3)
    shelf.create("kind", fill)
    with pytest.raises(CnnAppError, match="No free id"):
        shelf.create("kind", fill)


@pytest.mark.workers
def test_processes_that_draw_the_same_ids_at_the_same_time_make_a_job_each(tmp_path):
    code = """
import itertools, sys, time
from pathlib import Path
from cnnapp.jobs import JobFolder, JobLibrary, library
library.new_id = lambda words, draws=itertools.count(): f"{words}-{next(draws)}"
shelf = JobLibrary(JobFolder, lambda: Path(sys.argv[1]), "")
sys.stdin.readline()
for _ in range(20):
    print(shelf.create("kind", lambda folder: (folder.path / "whose").write_text(sys.argv[2])).name)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "jobs")]
    makers = [
        subprocess.Popen([*command, whose], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for whose in ("one", "other")
    ]
    for maker in makers:
        maker.stdin.write("\n")
        maker.stdin.flush()
    for maker, whose in zip(makers, ("one", "other"), strict=True):
        made = maker.communicate(timeout=60)[0].split()
        assert maker.returncode == 0
        assert len(made) == 20
        assert all((tmp_path / "jobs" / name / "whose").read_text() == whose for name in made)
    assert len(list((tmp_path / "jobs").iterdir())) == 40


# A stop


@pytest.mark.parametrize("state", ["queued", "interrupted"])
def test_what_waits_is_stopped_at_once_and_large_files_go(shelf, state):
    job = shelf.create("kind", fill)
    job.transition(state, allowed={"queued"})
    shelf.cancel(job.name)
    assert job.status().state == "stopped"
    assert not has_large(job)


def test_what_has_ended_stays_as_it_is(shelf):
    job = shelf.create("kind", fill)
    job.transition("finished", allowed={"queued"}, message="Done.")
    shelf.cancel(job.name)
    assert (job.status().state, job.status().message, job.requested("stop")) == ("finished", "Done.", None)


def test_a_worker_is_asked_and_its_files_stay_until_it_ends(shelf):
    job = shelf.create("kind", fill)
    worker = Large(job.path)
    worker.claim(worker.start_token())
    shelf.cancel(job.name)
    assert job.status().state == "stopping"
    assert has_large(job)
    with pytest.raises(CalledOffError):
        worker.raise_if_called_off()
    worker.transition("stopped", allowed=ACTIVE, worker=None)
    assert not has_large(job)


def test_a_stop_is_one_turn_against_a_worker_that_starts_meanwhile(shelf, monkeypatch):
    job, started = shelf.create("kind", fill), []
    worker = threading.Thread(target=lambda: started.append(Large(job.path).start_token()))
    tidy = Large.tidy

    def tidy_while_a_worker_starts(self):
        worker.start()
        worker.join(0.2)
        assert worker.is_alive()  # it waits for its turn
        tidy(self)

    monkeypatch.setattr(Large, "tidy", tidy_while_a_worker_starts)
    shelf.cancel(job.name)
    worker.join()
    assert (started, job.status().state) == ([None], "stopped")


def test_a_stop_that_meets_a_start_ends_in_every_order(shelf):
    for _ in range(20):
        job, line_up = shelf.create("kind", fill), threading.Barrier(2)

        def work(job=job, line_up=line_up) -> None:
            worker = Large(job.path)
            line_up.wait()
            token = worker.start_token()
            if token is not None and worker.claim(token):
                worker.transition("running", allowed={"starting"})
                while not worker.requested("stop"):
                    pass
                worker.transition("stopped", allowed=ACTIVE, worker=None)

        thread = threading.Thread(target=work)
        thread.start()
        line_up.wait()
        shelf.cancel(job.name)
        thread.join(20)
        assert not thread.is_alive()
        assert job.status().state == "stopped"
        assert not has_large(job)


def test_pause_and_stop_are_heeded_and_a_stop_beats_a_pause(job):
    job.raise_if_called_off()
    job.request("pause")
    with pytest.raises(CalledOffError) as paused:
        job.raise_if_called_off()
    job.request("stop")
    with pytest.raises(CalledOffError) as stopped:
        job.raise_if_called_off()
    assert (paused.value.state, stopped.value.state) == ("paused", "stopped")


# What is pruned


def test_the_newest_that_have_ended_stay_and_what_lives_stays(shelf):
    waiting, live = shelf.create("kind", fill), shelf.create("kind", fill)
    live.transition("running", allowed={"queued"}, worker=identify())
    ended = [shelf.create("kind", fill) for _ in range(4)]
    for job in ended:
        end(job)
    shelf.prune(2)
    assert {job.name for job in shelf.folders()} == {waiting.name, live.name, *(job.name for job in ended[2:])}
    assert has_large(waiting)
    assert has_large(live)


def test_what_killed_workers_left_goes_but_not_what_may_go_on(shelf):
    interrupted, killed = shelf.create("kind", fill), JobLibrary(Killed, shelf._root, "").create("kind", fill)
    for job in (interrupted, killed):
        job.transition("running", allowed={"queued"}, worker=dead())
        assert job.status().state == "interrupted"
    shelf.prune(2)
    assert has_large(interrupted)
    JobLibrary(Killed, shelf._root, "").prune(2)
    assert not has_large(killed)


class Killed(Large):
    idle = JobFolder.idle


def test_damaged_ones_are_pruned_too(shelf):
    damaged = shelf.create("kind", fill)
    (damaged.path / "state.json").unlink()
    good = shelf.create("kind", fill)
    end(good)
    shelf.prune(1)
    assert [job.name for job in shelf.folders()] == [good.name]


def test_a_job_that_somebody_has_go_on_meanwhile_is_not_pruned(shelf, monkeypatch):
    job = shelf.create("kind", fill)
    end(job, "interrupted")
    discard = Large.discard

    def discard_after_a_resume(self):
        assert Large(job.path).requeue()
        discard(self)

    monkeypatch.setattr(Large, "discard", discard_after_a_resume)
    shelf.prune(0)
    assert job.status().state == "queued"
    assert has_large(job)


def test_only_what_was_interrupted_goes_on_where_nothing_else_may(shelf):
    job = shelf.create("kind", fill)
    end(job, "interrupted")
    shelf.cancel(job.name)
    assert not job.requeue(allowed={"interrupted"})
    assert job.requeue()  # by default any end may be gone on from


# Reports


def test_a_report_says_how_far_the_job_is_and_what_is_left(job, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(facts.time, "monotonic", lambda: now[0])
    report = Reporter(job)
    report("Reading", 10, 110)
    report("Reading", 20, 110)  # too soon
    assert (JobFacts.read(job).done, JobFacts.read(job).seconds_left) == (10, None)
    now[0] = 2.0
    report("Reading", 30, 110, "bytes")
    found = JobFacts.read(job)
    assert (found.what, found.done, found.total, found.unit, found.seconds_left) == ("Reading", 30, 110, "bytes", 8.0)
    job.request("stop")
    with pytest.raises(CalledOffError):
        report("Writing", 0, 110)


def test_jobs_of_a_kind_say_when_they_are_over(shelf):
    job = shelf.create("kind", fill)
    assert JobFacts.read(job).live
    end(job)
    assert not JobFacts.read(job).live
    assert {JobFacts.read(job).state} <= jobs.FINAL
