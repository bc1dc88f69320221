"""Real children: started, stopped, killed, collected."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cnnapp.jobs import JobFolder, JobStatus, processes, start
from tests.kit.queued_runs import reap_all
from tests.kit.waiting import wait_until

pytestmark = pytest.mark.workers

CHILD = "tests.kit.jobs_child"


def new_job(path: Path, act: str = "finish") -> JobFolder:
    job = JobFolder(path)
    job.path.mkdir(parents=True)
    job.create_state()
    job.request("act", act)
    return job


def wait_for(job: JobFolder, *states: str) -> JobStatus:
    wait_until(lambda: job.status().state in states, lambda: f"{job.status()}\n{job.log_tail()}")
    return job.status()


ENDS = {
    "finish": ("finished", ""),
    "refuse": ("failed", "There are no images: add some."),
    "break": ("failed", "An unexpected error ended it (ValueError: two lines"),
    "starve": ("failed", "The machine's memory did not suffice"),
    "fill": ("failed", "The disk with the library is full: make room on it, then try again."),
    "die": ("interrupted", "Its process ended without a word: it was killed"),
    "crash": ("interrupted", "Its process crashed (SIGSEGV)"),
}


def test_every_end_of_a_child_is_told_in_one_line(tmp_path):
    jobs = {act: new_job(tmp_path / act, act) for act in ENDS}
    assert all(start(CHILD, job) for job in jobs.values())
    for act, (state, words) in ENDS.items():
        status = wait_for(jobs[act], "finished", "failed", "interrupted")
        assert status.state == state
        assert status.message.startswith(words)
        assert "\n" not in status.message
        assert len(status.message) < 400
        assert status.worker is None
    assert "at work" in jobs["finish"].log_tail()
    assert "Traceback" in jobs["break"].log_tail()
    assert "Traceback" not in jobs["refuse"].log_tail()
    assert "Segmentation fault" in jobs["crash"].log_tail()
    causes = {act: job.status().cause for act, job in jobs.items()}
    assert causes == dict.fromkeys(ENDS, "") | {"starve": "memory", "die": "killed"}


def test_children_that_have_ended_are_collected(tmp_path):
    job = new_job(tmp_path / "job")
    start(CHILD, job)
    wait_for(job, "finished")
    reap_all()
    assert not any(child.status() == psutil.STATUS_ZOMBIE for child in psutil.Process().children())


def test_a_running_child_has_a_session_of_its_own_and_stops_when_asked(tmp_path):
    asked, terminated, killed = (new_job(tmp_path / name, "wait") for name in ("asked", "terminated", "killed"))
    for job in (asked, terminated, killed):
        assert start(CHILD, job)
        assert not start(CHILD, job)
    pids = [wait_for(job, "running").worker.pid for job in (asked, terminated, killed)]
    assert os.getsid(0) not in {os.getsid(pid) for pid in pids}

    asked.request("stop")
    os.kill(pids[1], signal.SIGTERM)
    os.kill(pids[2], signal.SIGKILL)
    wait_until(lambda: psutil.Process(pids[2]).status() == psutil.STATUS_ZOMBIE)
    assert killed.status().state == "interrupted"  # at once
    assert wait_for(asked, "stopped").message == "Stopped."
    assert wait_for(terminated, "stopped").message == "Stopped."


def test_a_child_outlives_whoever_started_it(tmp_path):
    job = new_job(tmp_path / "job", "wait")
    script = (
        "import sys; from pathlib import Path; from cnnapp.jobs import JobFolder, start;"
        f"start({CHILD!r}, JobFolder(Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", script, job.path], check=True)
    wait_for(job, "running")
    job.request("stop")
    wait_for(job, "stopped")


def test_a_child_that_was_called_off_before_its_claim_does_no_work(tmp_path):
    job = new_job(tmp_path / "job")
    token = job.start_token()
    job.request("stop")
    job.transition("stopping", allowed={"starting"})
    processes.launch(CHILD, job, token)
    wait_for(job, "stopped")
    assert "at work" not in job.log_tail()


def test_a_child_with_a_stale_token_leaves_the_job_alone(tmp_path):
    job = new_job(tmp_path / "job")
    run = subprocess.run(
        [sys.executable, "-m", CHILD, job.path],
        env={**os.environ, processes.TOKEN: "stale"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "not started here" in run.stderr
    assert job.status().number == 0


def test_a_worker_that_comes_back_from_the_dead_writes_nothing_and_ends(tmp_path):
    job = new_job(tmp_path / "job", "tell")
    start(CHILD, job)
    first = wait_for(job, "running").worker.pid
    wait_until(lambda: pids_heard(job))
    with job.turn():  # so that the worker does not hold the lock
        os.kill(first, signal.SIGSTOP)  # as a machine that was cut off: whoever looks takes it for dead
    job.transition("interrupted", allowed={"running"}, worker=None)
    job.requeue()
    start(CHILD, job)
    second = wait_for(job, "running").worker.pid
    heard = len(pids_heard(job))

    os.kill(first, signal.SIGCONT)
    wait_until(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
    assert "running in attempt 2 and not this process's any more" in job.log_tail()
    assert set(pids_heard(job)[heard:]) == {second}
    assert job.status().worker.pid == second
    job.request("stop")
    assert wait_for(job, "stopped").attempt == 2


def pids_heard(job: JobFolder) -> list[int]:
    return [event["pid"] for event in job.events()[0] if event["kind"] == "alive"]


def test_a_job_whose_process_cannot_be_made_has_failed(tmp_path, monkeypatch):
    job = new_job(tmp_path / "job")

    def no_memory(*_args, **_options) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(processes.subprocess, "Popen", no_memory)
    assert not start(CHILD, job)
    status = job.status()
    assert status.state == "failed"
    assert "Cannot allocate memory" in status.message


@pytest.fixture(autouse=True)
def _collect():
    yield
    reap_all()
