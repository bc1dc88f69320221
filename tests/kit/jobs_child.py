"""A worker small enough to start many times: `python -m tests.kit.jobs_child FOLDER` does what "act" requests."""

import errno
import os
import signal
import sys
import time
from pathlib import Path

from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, CalledOffError, JobFolder, claim_or_exit, working


def act(job: JobFolder) -> None:
    match job.requested("act"):
        case "refuse":
            raise CnnAppError("There are no images: add some.")
        case "break":
            raise ValueError("two\nlines " + "x" * 1000)
        case "fill":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        case "starve":
            raise MemoryError
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "ignore":
            time.sleep(60)
        case "tell":
            while not job.requested("stop"):
                job.emit("alive", pid=os.getpid())
                time.sleep(0.005)
            raise CalledOffError
        case "brief":
            time.sleep(0.2)
            job.raise_if_called_off()
        case "wait":
            while True:
                job.raise_if_called_off()
                time.sleep(0.01)


def main(path: Path) -> None:
    job = JobFolder(path)
    claim_or_exit(job)
    job.emit("began", pid=os.getpid(), attempt=job.status().attempt)
    with working(job):
        job.raise_if_called_off()
        job.transition("running", allowed={"starting"})
        print("at work", flush=True)
        act(job)
        job.transition("finished", allowed=ACTIVE, worker=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
