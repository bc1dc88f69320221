"""A worker kept warm: it has imported what takes seconds and waits on its stdin for a job."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from cnnapp.jobs.environment import TOKEN, child_environment
from cnnapp.jobs.folder import JobFolder

ARGUMENT = "--spare"
NEEDED_BYTES = 3 * 1024**3  # of free memory, below which no spare is kept: a worker with TensorFlow takes 0.7 GB


class Spare:
    """At most one waiting child of a module; it ends when whoever keeps it ends."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start a child if none waits; let it go while memory is short."""
        if psutil.virtual_memory().available < NEEDED_BYTES:
            self.drop()
        elif self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", self._module, ARGUMENT],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=child_environment(),
            )

    def drop(self) -> None:
        """End the waiting child."""
        child, self._child = self._child, None
        if child is not None:
            _close_stdin(child)
            child.kill()
            child.wait()

    def hand_over(self, job: JobFolder, token: str) -> subprocess.Popen[bytes] | None:
        """Give the waiting child a job; return it, None when there is none that listens."""
        child, self._child = self._child, None
        if child is None or child.poll() is not None or child.stdin is None:
            return None
        try:
            child.stdin.write(json.dumps({"folder": str(job.path), "token": token}).encode() + b"\n")
            child.stdin.flush()
        except OSError:
            child.kill()
            child.wait()
            return None
        finally:
            _close_stdin(child)
        return child


def wait_for_job(prepare: Callable[[], object]) -> Path:
    """Do what takes long, then wait for a job and become its worker, log and token included.

    Args:
        prepare: imports what every job of this worker needs.

    Returns:
        The job's folder. Ends the process when whoever keeps this spare has gone.
    """
    prepare()
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    job = json.loads(line)
    os.environ[TOKEN] = job["token"]
    folder = Path(job["folder"])
    with JobFolder(folder).log.open("ab") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    return folder


def _close_stdin(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        try:
            child.stdin.close()
        except OSError:  # it has gone with something unread
            child.stdin = None
