"""Who waits, who is next, and what may start: so many workers on this machine, each with a GPU of its own."""

import contextlib
import itertools
from collections.abc import Collection, Iterator, Sequence

from cnnapp import files, jobs
from cnnapp.devices import count_gpus
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobStatus
from cnnapp.runs.attempts import retry_with_less
from cnnapp.runs.folder import LIBRARY, RunFolder, find
from cnnapp.runs.launchers import chosen_launcher
from cnnapp.runs.probes import queueing as probes
from cnnapp.settings import settings

WORKER = "cnnapp.training.worker"

Standing = tuple[RunFolder, JobStatus]


def schedule() -> list[str]:
    """Start queued runs in their order while workers and GPUs are free; return their ids.

    Anyone may call it: the server, the command line, an ending worker. They take turns rather than leave it to
    the one who came first: that one may have looked before this one's run was queued or its worker had ended.
    Who is dead is found here, too, so that nothing blocks the queue until somebody looks at it. A probe starts when no
    other one goes on here, beside the runs; only a GPU has room for one of both.
    """
    jobs.reap()
    launcher = chosen_launcher()
    with _turn():
        measuring = probes.look()
        standings = [_settled(standing) for standing in _look()]
        busy = [status for _, status in standings if status.active and _is_here(status)]
        waiting = _in_order(standings)
        taken = {gpu for status in busy for gpu in status.gpus}
        slots = _free_slots(busy, measuring.gpus) if waiting else []
        started = []
        for (folder, _), gpus in zip(waiting, slots, strict=False):
            with contextlib.suppress(CnnAppError):  # somebody has deleted it meanwhile
                if jobs.start(WORKER, folder, by=launcher.submit, gpus=gpus):
                    started.append(folder.name)
                    taken.update(gpus)
        probes.start_next(WORKER, measuring, taken)
        return started


def waiting() -> list[str]:
    """Return the queued runs in the order in which they will start."""
    return [folder.name for folder, _ in _in_order(_look())]


def move(run: str, place: int) -> None:
    """Give a queued run another place in the queue.

    Args:
        run: its id.
        place: 1 starts next; one beyond the end is the last.

    Raises:
        CnnAppError: it does not wait.
    """
    with _turn():
        order = _in_order(_look())
        moved = next((standing for standing in order if standing[0].name == run), None)
        if moved is None:
            folder = find(run)
            raise CnnAppError(f"{folder.title} is {folder.status().state}: only a queued run has a place in the queue.")
        times = _rising([status.queued for _, status in order])
        order.remove(moved)
        order.insert(max(0, place - 1), moved)
        for (folder, status), queued in zip(order, times, strict=True):
            if status.queued != queued:
                folder.transition("queued", allowed={"queued"}, queued=queued)


def end_process(run: str) -> None:
    """End a run's process at once; what it has learned since its newest checkpoint is lost.

    Raises:
        CnnAppError: there is no such run, or its process is out of reach.
    """
    folder = find(run)
    if folder.status().active:
        folder.call_off("stop")
        chosen_launcher().stop(folder)


def log_tail(run: str) -> str:
    """Return the end of what the run's process printed."""
    return chosen_launcher().logs(find(run))


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    with files.locked(home / "scheduler.lock"):
        yield


def _look() -> list[Standing]:
    """Return every run and its state, which whoever looks sets right where a worker has died."""
    found = []
    for folder in LIBRARY.folders():
        with contextlib.suppress(CnnAppError):  # a damaged run keeps no other from starting
            found.append((folder, folder.status()))
    return found


def _settled(standing: Standing) -> Standing:
    """Do what the state of a run asks for: bury what its launcher lost, try again what ran out of memory."""
    folder, status = standing
    with contextlib.suppress(CnnAppError):  # somebody has deleted it meanwhile
        if status.active and status.handle and status.worker is None and chosen_launcher().status(folder) == "gone":
            folder.bury(status.token)
        elif not (status.final and status.cause and retry_with_less(folder)):
            return standing
        return folder, folder.status()
    return standing


def _in_order(standings: Sequence[Standing]) -> list[Standing]:
    queued = [standing for standing in standings if standing[1].state == "queued"]
    return sorted(queued, key=lambda standing: (standing[1].queued, standing[0].name))


def _is_here(status: JobStatus) -> bool:
    """Whether a run takes one of this machine's workers; what older versions started is counted, too."""
    return status.process is None or status.process.machine in ("", jobs.machine_id())


def _free_slots(busy: Sequence[JobStatus], measured: Collection[int] = ()) -> list[tuple[int, ...]]:
    """Return the GPUs of each run that may start now; without GPUs nothing for each.

    Args:
        busy: the workers on this machine.
        measured: GPUs that a probe has.
    """
    count = count_gpus()
    each = min(settings().gpus_per_run, max(1, count))
    free = max(0, (settings().workers or max(1, count // each)) - len(busy))
    if not count:
        return [()] * free
    taken = {*measured, *(gpu for status in busy for gpu in status.gpus)}
    left = [gpu for gpu in range(count) if gpu not in taken]
    return [tuple(left[first : first + each]) for first in range(0, len(left) - each + 1, each)][:free]


def _rising(times: Sequence[float]) -> list[float]:
    """Return the times apart from each other: equal ones would keep their runs where they are."""
    return list(itertools.accumulate(times, lambda before, time: max(time, before + 0.001)))
