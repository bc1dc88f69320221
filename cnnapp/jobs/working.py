import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from types import FrameType

from cnnapp.errors import CnnAppError
from cnnapp.jobs.environment import TOKEN
from cnnapp.jobs.folder import ACTIVE, JobFolder, State
from cnnapp.jobs.heartbeat import Heartbeat


class CalledOffError(Exception):
    """The job was asked to stop or to pause; its worker winds up."""

    def __init__(self, state: State = "stopped") -> None:
        super().__init__(state)
        self.state = state


def claim_or_exit(path: Path) -> JobFolder:
    """Make this process the worker of the job at `path`; end it when another owns the job or it was called off."""
    job = JobFolder(path)
    if not job.claim(os.environ.get(TOKEN, "")):
        sys.exit(f"{path.name}: not started here, or called off before it began.")
    return job


@contextlib.contextmanager
def working(job: JobFolder) -> Iterator[None]:
    """Beat while the block runs and write down how it ended badly; a block that ends well sets its own final state.

    SIGTERM asks for a stop like the Stop button does.
    """

    def on_sigterm(_number: int, _frame: FrameType | None) -> None:
        job.request("stop")

    signal.signal(signal.SIGTERM, on_sigterm)
    beat = Heartbeat(job.heartbeat)
    beat.start()
    try:
        yield
    except CalledOffError as call:
        _end(job, call.state, f"{call.state.capitalize()}.")
    except CnnAppError as error:
        _end(job, "failed", str(error))
    except MemoryError:
        _end(job, "failed", "The machine's memory did not suffice: use a smaller batch, network or image size.")
    except Exception as error:
        traceback.print_exc()
        _end(
            job,
            "failed",
            f"An unexpected error ended it ({type(error).__name__}: {shorten(str(error), 200)}). The log says more.",
        )
    finally:
        beat.stop()


def _end(job: JobFolder, state: State, message: str) -> None:
    print(message, file=sys.stderr)
    with contextlib.suppress(OSError):  # a full disk must not keep the state from being tried
        job.emit(state, message=message)
    job.transition(state, allowed=ACTIVE, message=message, worker=None)
