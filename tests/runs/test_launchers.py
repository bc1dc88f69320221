"""Another launcher than the local one: the same command, later and by somebody else, over the same run folder."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import psutil
import pytest

from cnnapp import jobs, runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from cnnapp.runs import queue
from cnnapp.runs.launchers import LAUNCHERS, Launcher, Life, LocalLauncher, chosen_launcher
from cnnapp.settings import LauncherName, settings
from tests.kit.queued_runs import CHILD, submit
from tests.kit.waiting import wait_for

pytestmark = pytest.mark.workers


class ScriptLauncher:
    """Writes a shell script that starts the worker after a while, as a batch system would, with a log of its own."""

    def __init__(self, folder: Path, delay: float = 0.3) -> None:
        self.folder, self.delay, self.python = folder, delay, sys.executable
        self.scripts: list[subprocess.Popen[bytes]] = []

    def submit(self, module: str, job: JobFolder, token: str) -> None:
        script = self.folder / f"{job.name}.sh"
        command = shlex.join([self.python, "-m", module, str(job.path)])
        script.write_text(f"sleep {self.delay}\nexport {jobs.TOKEN}={token}\n{command}\n")
        with self._log(job).open("ab") as log:
            process = subprocess.Popen(["sh", script], stdout=log, stderr=log, env=jobs.child_environment())
        self.scripts.append(process)
        job.handed_over(token, str(process.pid))

    def status(self, job: JobFolder) -> Life:
        process = self._process(job)
        if process is None or process.status() == psutil.STATUS_ZOMBIE:
            return "gone"
        return "alive" if job.status().worker else "waiting"

    def stop(self, job: JobFolder) -> None:
        process = self._process(job)
        if process:
            for each in [*process.children(recursive=True), process]:
                each.kill()

    def logs(self, job: JobFolder) -> str:
        return self._log(job).read_text()

    def _log(self, job: JobFolder) -> Path:
        return self.folder / f"{job.name}.out"

    def _process(self, job: JobFolder) -> psutil.Process | None:
        handle = job.status().handle
        return psutil.Process(int(handle)) if handle and psutil.pid_exists(int(handle)) else None


@pytest.fixture
def launcher(home, tmp_path, monkeypatch):
    launcher = ScriptLauncher(tmp_path)
    monkeypatch.setattr(queue, "WORKER", CHILD)
    monkeypatch.setitem(LAUNCHERS, "local", lambda: launcher)
    yield launcher
    for script in launcher.scripts:
        if script.poll() is None:
            for each in psutil.Process(script.pid).children(recursive=True):
                each.kill()
            script.kill()
            script.wait()


def test_the_local_launcher_and_the_one_of_these_tests_are_launchers(tmp_path):
    launchers: list[Launcher] = [LocalLauncher(), ScriptLauncher(tmp_path)]  # for mypy's eyes, too
    assert all(callable(getattr(each, verb)) for each in launchers for verb in ("submit", "status", "stop", "logs"))


def test_the_launcher_is_the_one_that_the_operator_chose(home, monkeypatch):
    assert set(LAUNCHERS) == set(get_args(LauncherName))
    assert isinstance(chosen_launcher(), LocalLauncher)
    monkeypatch.setenv("CNNAPP_LAUNCHER", "loca1")
    settings.cache_clear()
    with pytest.raises(CnnAppError, match="CNNAPP_LAUNCHER must be local, but is 'loca1': correct it"):
        chosen_launcher()


def test_a_run_is_worked_on_by_whoever_the_launcher_brings(launcher):
    (run,) = submit(1, "finish")
    assert runs.schedule() == [run]
    assert runs.schedule() == []
    status = runs.find(run).status()
    assert (status.state, status.worker, launcher.status(runs.find(run))) == ("starting", None, "waiting")
    wait_for(run, "finished")
    assert "at work" in runs.log_tail(run)
    assert runs.find(run).log_tail() == ""


def test_a_run_that_is_stopped_while_its_launcher_waits_does_no_work(launcher):
    (run,) = submit(1)
    runs.schedule()
    runs.stop(run)
    assert runs.get(run).state == "stopping"
    wait_for(run, "stopped")
    assert "at work" not in runs.log_tail(run)


def test_a_process_that_never_came_ends_the_attempt_and_not_the_queue(launcher):
    lost, found = submit(2, "finish")
    launcher.python, launcher.delay = "/bin/false", 0
    assert runs.schedule() == [lost]
    launcher.scripts[0].wait()
    launcher.python = sys.executable
    assert runs.schedule() == [found]
    assert runs.get(lost).state == "interrupted"
    wait_for(found, "finished")
    runs.resume(lost)
    wait_for(lost, "finished")


def test_a_launcher_that_delivers_twice_makes_one_worker(launcher):
    (run,) = submit(1)
    runs.schedule()
    folder = runs.find(run)
    environment = {**jobs.child_environment(), jobs.TOKEN: folder.status().token}
    wait_for(run, "running")
    again = subprocess.run(
        [sys.executable, "-m", CHILD, folder.path], env=environment, capture_output=True, check=False
    )
    assert again.returncode != 0
    assert b"not started here" in again.stderr
    assert runs.get(run).state == "running"
    runs.stop(run)
    wait_for(run, "stopped")


def test_a_worker_elsewhere_is_ended_by_its_launcher(launcher):
    (run,) = submit(1, "ignore")
    runs.schedule()
    wait_for(run, "running")
    worker = runs.find(run).status().worker
    runs.end_process(run)
    wait_for(run, "interrupted")
    assert not psutil.pid_exists(worker.pid) or psutil.Process(worker.pid).status() == psutil.STATUS_ZOMBIE
