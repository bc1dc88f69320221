"""Workers as child processes of this one: started, kept warm, collected."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from typing import NamedTuple

from cnnapp.errors import CnnAppError
from cnnapp.jobs.environment import TOKEN, child_environment
from cnnapp.jobs.folder import JobFolder
from cnnapp.jobs.spare import Spare

Launch = Callable[[str, JobFolder, str], None]  # a worker's module, its job, the token; may raise OSError


class _Child(NamedTuple):
    process: subprocess.Popen[bytes]
    job: JobFolder


_spares: dict[str, Spare] = {}
_children: list[_Child] = []
_guard = threading.Lock()


def launch(module: str, job: JobFolder, token: str) -> None:
    """Have the warm worker of `module` take the job, or start `python -m module FOLDER` on this machine.

    The child has a session of its own, so that it outlives whoever starts it. A subprocess and not
    multiprocessing: spawn would run the Streamlit script again in the child, fork would copy a threaded server.

    Args:
        module: a worker's module.
        job: its folder; the log goes there.
        token: from `JobFolder.start_token`.

    Raises:
        OSError: no process could be made.
    """
    with _guard:
        spare = _spares.get(module)
        child = spare.hand_over(job, token) if spare else None
    child = child or _spawn(module, job, token)
    with _guard:
        _children.append(_Child(child, job))
    job.started(token, child.pid)


def _spawn(module: str, job: JobFolder, token: str) -> subprocess.Popen[bytes]:
    with job.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(job.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=child_environment(**{TOKEN: token}),
        )


def start(module: str, job: JobFolder, *, by: Launch = launch, gpus: Collection[int] = ()) -> bool:
    """Start a queued job; False when somebody else has, or when no process can be made: then the job has failed.

    Args:
        module: a worker's module.
        job: its folder.
        by: how the worker comes to life.
        gpus: that it may use.
    """
    token = job.start_token(gpus)
    if token is None:
        return False
    try:
        by(module, job, token)
    except OSError as error:
        message = f"Its process could not be started ({error.strerror}): try again when the machine has room."
        job.transition("failed", allowed={"starting", "stopping"}, message=message)
        return False
    return True


def keep_spare(module: str) -> None:
    """See to it that a worker of `module` waits warm, as long as this process lives and memory is not short."""
    with _guard:
        _spares.setdefault(module, Spare(module)).keep()


def drop_spares() -> None:
    """End the workers that wait."""
    with _guard:
        for spare in _spares.values():
            spare.drop()
        _spares.clear()


def reap() -> None:
    """Collect children that have ended, so that none stays a zombie; what ended them is written down before."""
    with _guard:
        for child in _children[:]:
            if _has_ended(child.process):
                with contextlib.suppress(CnnAppError, OSError):  # the job may be gone, too
                    child.job.status()
                child.process.poll()
                _children.remove(child)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has, without collecting it: then nobody could tell what ended it."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
