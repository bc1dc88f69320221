"""Progress of data set jobs on the command line."""

import time

from cnnapp import datasets
from cnnapp.cli.output import ProgressLine
from cnnapp.datasets import DatasetJob
from cnnapp.errors import CnnAppError

POLL_SECONDS = 0.1


def finish(job: str, *, noun: str) -> DatasetJob:
    """Show a job's progress until it is done; `noun` says what it is: "import".

    Raises:
        CnnAppError: it failed, or was called off here.
    """
    try:
        ended = _wait_for(job)
    except KeyboardInterrupt:
        datasets.cancel(job)
        raise CnnAppError(f"The {noun} was called off: nothing of it was kept.") from None
    if ended.state != "finished":
        raise CnnAppError(ended.message or f"The {noun} ended as {ended.state}: try it again.")
    return ended


def _wait_for(job: str) -> DatasetJob:
    progress = ProgressLine()
    try:
        while (now := datasets.get_job(job)).live:
            share = f" {now.done / now.total:.0%}" if now.total else ""
            progress.show(f"{now.what or now.state}{share}", milestone=now.what or now.state)
            time.sleep(POLL_SECONDS)
    finally:
        progress.end()
    return now
