"""What a worker does around its work: claim the job, beat, and write down how it ended badly."""

import contextlib
import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from textwrap import shorten
from types import FrameType

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs.control import CalledOffError
from cnnapp.jobs.environment import TOKEN
from cnnapp.jobs.folder import FencedError, JobFolder
from cnnapp.jobs.heartbeat import Heartbeat
from cnnapp.jobs.status import ACTIVE, Cause, State

NO_MEMORY = "The machine's memory did not suffice: use a smaller batch, network or image size."


class OutOfMemoryError(CnnAppError):
    """The memory of the device or of the machine did not suffice for the job."""


def claim_or_exit(job: JobFolder) -> None:
    """Make this process the worker of `job`; end it when another owns the job or it was called off."""
    if not job.claim(os.environ.get(TOKEN, "")):
        sys.exit(f"{job.name}: not started here, or called off before it began.")


@contextlib.contextmanager
def working(job: JobFolder) -> Iterator[None]:
    """Beat while the block runs and write down how it ended badly; a block that ends well sets its own final state.

    SIGTERM asks for a stop like the Stop button does. A process that does not own the job any more ends here.
    """

    def on_sigterm(_number: int, _frame: FrameType | None) -> None:
        if job.owned:
            job.request("stop")

    signal.signal(signal.SIGTERM, on_sigterm)
    faulthandler.enable()  # a native crash leaves its stack in the log
    beat = Heartbeat(job.heartbeat, lambda: job.owned)
    beat.start()
    try:
        with _told(job):
            yield
    except FencedError as error:
        sys.exit(str(error))
    finally:
        beat.stop()


@contextlib.contextmanager
def _told(job: JobFolder) -> Iterator[None]:
    try:
        yield
    except CalledOffError as call:
        _end(job, call.state, f"{call.state.capitalize()}.")
    except FencedError:
        raise
    except OutOfMemoryError as error:
        _end(job, "failed", str(error), "memory")
    except MemoryError:
        _end(job, "failed", NO_MEMORY, "memory")
    except CnnAppError as error:
        _end(job, "failed", str(error))
    except Exception as error:
        traceback.print_exc()
        _end(job, "failed", _explain(error))


def _explain(error: Exception) -> str:
    if isinstance(error, OSError) and (sentence := files.explain(error)):
        return sentence
    return f"An unexpected error ended it ({type(error).__name__}: {shorten(str(error), 200)}). The log says more."


def _end(job: JobFolder, state: State, message: str, cause: Cause = "") -> None:
    print(message, file=sys.stderr)
    if not job.path.exists():  # it was deleted under its worker's feet
        return
    with contextlib.suppress(OSError):  # a full disk must not keep the state from being tried
        job.emit(state, message=message)
    job.transition(state, allowed=ACTIVE, message=message, cause=cause, worker=None)
