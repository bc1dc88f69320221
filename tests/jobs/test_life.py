"""Who lives: processes by their identity, workers elsewhere by their heartbeat."""

import os
import shutil
import subprocess
import time

import pytest

from cnnapp import files
from cnnapp.jobs import heartbeat, identity
from cnnapp.jobs.heartbeat import Heartbeat, silent_seconds
from cnnapp.jobs.identity import Identity, identify, is_alive
from tests.kit.job_folders import dead
from tests.kit.waiting import wait_until

# Identity


def test_this_process_is_alive():
    assert is_alive(identify()) is True


def test_a_process_that_has_ended_is_dead():
    assert is_alive(dead()) is False


def test_a_pid_in_use_by_another_process_is_dead():
    now = identify()
    assert is_alive(now.model_copy(update={"started": now.started - 1})) is False


def test_a_zombie_is_dead():
    child = subprocess.Popen(["sleep", "60"])
    identity = identify(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, but nobody has collected it
    assert is_alive(identity) is False
    child.wait()


def test_of_another_boot_nobody_can_tell():
    assert is_alive(identify().model_copy(update={"boot": "another", "machine": "another"})) is None


def test_what_ran_here_before_a_reboot_is_dead():
    assert is_alive(identify().model_copy(update={"boot": "the one before"})) is False


def test_of_another_container_on_this_machine_nobody_can_tell():
    assert is_alive(identify().model_copy(update={"namespace": "pid:[1]"})) is None


def test_what_older_versions_wrote_about_a_process_is_still_understood():
    assert is_alive(identify().model_copy(update={"machine": "", "namespace": ""})) is True


@pytest.mark.parametrize(("ending", "expected"), [("KILL", 9), ("TERM", 15), ("exit", 0)])
def test_a_zombie_still_tells_which_signal_ended_it(ending, expected):
    command = "exit 0" if ending == "exit" else f"kill -{ending} $$"
    child = subprocess.Popen(["sh", "-c", f"read go; {command}"], stdin=subprocess.PIPE)
    was = identify(child.pid)
    assert identity.ending_signal(was) is None
    child.stdin.write(b"go\n")
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert identity.ending_signal(was) == expected
    child.wait()
    assert identity.ending_signal(was) is None


def test_a_command_name_with_brackets_and_spaces_is_read_past(tmp_path):
    odd = tmp_path / "a) R 1 (b"
    shutil.copy(shutil.which("sleep"), odd)
    with subprocess.Popen([odd, "60"]) as child:
        identity = identify(child.pid)
        assert identity.started >= identify().started
        assert is_alive(identity) is True
        child.kill()


# Heartbeat


def test_only_so_many_heartbeats_are_remembered_and_those_that_beat_are(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "MOST_SEEN", 2)
    heartbeat._seen.clear()
    for name in ("first", "second", "first", "third"):
        path = tmp_path / name
        path.write_text(path.read_text() + "1" if path.exists() else "1")
        assert silent_seconds(path) == 0
    assert [path.name for path in heartbeat._seen] == ["first", "third"]


def test_silence_counts_from_the_readers_first_look_by_the_readers_clock(tmp_path, monkeypatch):
    beat, now = tmp_path / "heartbeat", 1000.0
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now)
    beat.write_text("1")
    os.utime(beat, (0, 0))  # a writer whose clock is wrong
    assert silent_seconds(beat) == 0
    now += 40
    assert silent_seconds(beat) == 40
    beat.write_text("2")
    os.utime(beat, (0, 0))
    assert silent_seconds(beat) == 0


def test_a_living_worker_without_heartbeat_is_shown_as_silent_but_goes_on(job, monkeypatch):
    job.transition("running", allowed={"queued"}, worker=identify())
    assert not job.status().silent
    later = time.monotonic() + 31
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: later)
    status = job.status()
    assert (status.state, status.silent) == ("running", True)
    assert "silent" not in files.read_json(job.path / "state.json")


def test_a_worker_of_another_boot_is_believed_while_it_beats(job, monkeypatch):
    job.transition("running", allowed={"queued"}, worker=Identity(boot="another", pid=1, started=1))
    clock = time.monotonic()
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: clock)
    for beat in range(3):
        job.heartbeat.write_text(str(beat))
        assert job.status().state == "running"
        clock += 31
    assert job.status().state == "interrupted"


@pytest.mark.parametrize("jump", [-86_400, 86_400])
@pytest.mark.parametrize("worker", [identify(), Identity(boot="another", pid=1, started=1)], ids=["here", "elsewhere"])
def test_a_wall_clock_that_jumps_ends_no_work(job, monkeypatch, worker, jump):
    job.transition("running", allowed={"queued"}, worker=worker)
    job.heartbeat.write_text("1")
    assert job.status().state == "running"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    assert (job.status().state, job.status().silent) == ("running", False)
    assert job.transition("finished", allowed={"running"})
    assert job.status().state == "finished"


def test_the_heart_beats_at_once_and_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    beat = Heartbeat(tmp_path / "heartbeat", lambda: True)
    beat.start()
    told = tmp_path / "heartbeat"
    wait_until(lambda: told.exists() and int(told.read_text()) >= 3)
    beat.stop()
    last = (tmp_path / "heartbeat").read_text()
    time.sleep(0.03)
    assert (tmp_path / "heartbeat").read_text() == last
