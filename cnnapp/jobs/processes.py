import os
import subprocess
import sys
import threading
from pathlib import Path

import cnnapp
from cnnapp.jobs.folder import JobFolder

TOKEN = "CNNAPP_JOB_TOKEN"  # noqa: S105 (a variable's name)

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
    package_parent = str(Path(cnnapp.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH", "")]))
    with job.log.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", module, str(job.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path, TOKEN: token, **(env or {})},
        )
    with _guard:
        _children.append(child)
    job.started(token, child.pid)


def start(module: str, job: JobFolder, *, env: dict[str, str] | None = None) -> bool:
    """Start a queued job; False when somebody else has, or when no process can be made: then the job has failed."""
    token = job.start_token()
    if token is None:
        return False
    try:
        spawn(module, job, token, env=env)
    except OSError as error:
        message = f"Its process could not be started ({error.strerror}): try again when the machine has room."
        job.transition("failed", allowed={"starting", "stopping"}, message=message)
        return False
    return True


def reap() -> None:
    """Collect children that have ended, so that none stays a zombie."""
    with _guard:
        _children[:] = [child for child in _children if child.poll() is None]
