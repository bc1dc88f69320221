import subprocess
import sys
import threading

from cnnapp.jobs.environment import TOKEN, child_environment
from cnnapp.jobs.folder import JobFolder
from cnnapp.jobs.spare import Spare

_spares: dict[str, Spare] = {}
_children: list[subprocess.Popen[bytes]] = []
_guard = threading.Lock()


def spawn(module: str, job: JobFolder, token: str, *, env: dict[str, str] | None = None) -> None:
    """Start `python -m module FOLDER` in a session of its own, so that it outlives whoever starts it.

    A subprocess and not multiprocessing: spawn would run the Streamlit script again in the child, fork
    would copy a threaded server.

    Args:
        module: a worker's module.
        job: its folder; the log goes there.
        token: from `JobFolder.start_token`.
        env: variables beside this process's own.
    """
    with job.log.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", module, str(job.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=child_environment(**{TOKEN: token}, **(env or {})),
        )
    _adopt(child, job, token)


def start(module: str, job: JobFolder, *, env: dict[str, str] | None = None) -> bool:
    """Start a queued job; False when somebody else has, or when no process can be made: then the job has failed."""
    token = job.start_token()
    if token is None:
        return False
    try:
        with _guard:
            spare = _spares.get(module)
            child = spare.hand_over(job, token) if spare and not env else None
        if child is not None:
            _adopt(child, job, token)
        else:
            spawn(module, job, token, env=env)
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


def _adopt(child: subprocess.Popen[bytes], job: JobFolder, token: str) -> None:
    with _guard:
        _children.append(child)
    job.started(token, child.pid)


def reap() -> None:
    """Collect children that have ended, so that none stays a zombie."""
    with _guard:
        _children[:] = [child for child in _children if child.poll() is None]
