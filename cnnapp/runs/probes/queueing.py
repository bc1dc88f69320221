"""When a probe may start: one at a time on this machine, and on a GPU only where no run is."""

import contextlib
from collections.abc import Collection
from typing import NamedTuple

from cnnapp import jobs
from cnnapp.devices import count_gpus
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobStatus
from cnnapp.runs.probes.folder import LIBRARY, ProbeFolder
from cnnapp.settings import settings

Standing = tuple[ProbeFolder, JobStatus]


class Probes(NamedTuple):
    """The probes of this machine that have not ended."""

    busy: tuple[JobStatus, ...]
    waiting: tuple[ProbeFolder, ...]  # in the order of their start

    @property
    def gpus(self) -> set[int]:
        """Those that are measured on now."""
        return {gpu for status in self.busy for gpu in status.gpus}


def look() -> Probes:
    """Return this machine's probes; one whose worker has died is set right by the look."""
    here: list[Standing] = []
    for folder in LIBRARY.folders():
        with contextlib.suppress(CnnAppError):  # a damaged one keeps no other from starting
            if folder.asked.machine == jobs.machine_id():
                here.append((folder, folder.status()))
    here.sort(key=lambda standing: (standing[1].queued, standing[0].name))
    busy = tuple(status for _, status in here if status.active)
    return Probes(busy, tuple(folder for folder, status in here if status.state == "queued"))


def start_next(worker: str, probes: Probes, taken: Collection[int]) -> None:
    """Start the next probe if none goes on here and, on a machine with GPUs, enough of them are free.

    A range test needs one, since a rate is as good on several; time and memory are measured on as many as a run has.

    Args:
        worker: the module that works on it.
        probes: as from `look`.
        taken: GPUs of runs.
    """
    if probes.busy or not probes.waiting:
        return
    first, gpus = probes.waiting[0], count_gpus()
    free = [gpu for gpu in range(gpus) if gpu not in taken]
    needed = min(gpus, 1 if first.asked.kind == "range" else settings().gpus_per_run)
    if len(free) >= needed:
        with contextlib.suppress(CnnAppError):  # somebody has deleted it meanwhile
            jobs.start(worker, first, gpus=free[:needed])
