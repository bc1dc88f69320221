"""What lives as long as the server: the queue's clock, the bundled data sets, a warm model host."""

import contextlib
import itertools
import logging
import threading

from cnnapp import datasets, files, jobs, memory, runs
from cnnapp.errors import CnnAppError
from cnnapp.modelhost.client import host
from cnnapp.settings import settings

TICK_SECONDS = 1.0
LEFTOVER_SECONDS = 24 * 3600  # unfinished files that have not changed for so long are a killed writer's
# What takes a core for seconds waits for the first page, then comes one after the other.
SPARE_AT_TICK = 3
DATASETS_AT_TICK = 6
HOST_AT_TICK = 10

_log = logging.getLogger(__name__)
_end = threading.Event()
_clock: threading.Thread | None = None


def start() -> None:
    """Make the library's folders and start what runs beside the pages; starting twice does nothing."""
    global _clock  # noqa: PLW0603 (one server, one clock)
    if _clock is not None:
        return
    own = settings()
    for folder in (own.datasets_dir, own.runs_dir, own.probes_dir, own.jobs_dir, own.inbox):
        folder.mkdir(parents=True, exist_ok=True)
        files.sweep(folder, LEFTOVER_SECONDS)
    memory.keep_small()
    _end.clear()
    _clock = threading.Thread(target=_tick, name="scheduler", daemon=True)
    _clock.start()


def stop() -> None:
    """Stop the clock and the model host; training goes on without the server."""
    global _clock  # noqa: PLW0603
    _end.set()
    if _clock is not None:
        _clock.join(timeout=5)
    _clock = None
    jobs.drop_spares()
    host().close()


def _tick() -> None:
    """Start queued runs, keep a worker warm and collect ended children, once a second."""
    sweeping = memory.Sweeping()
    for tick in itertools.count(1):
        if _end.wait(TICK_SECONDS):
            return
        sweeping.look()
        jobs.reap()
        if tick >= SPARE_AT_TICK:
            jobs.keep_spare(runs.WORKER)
        if tick == DATASETS_AT_TICK:
            _prepare_bundled()
        if tick == HOST_AT_TICK:
            host().warm()
        with contextlib.suppress(CnnAppError):
            try:
                runs.schedule()
            except OSError as error:  # a full or read-only disk: the pages say so, the clock goes on
                _log.warning("The queue cannot be read: %s", error)


def _prepare_bundled() -> None:
    with contextlib.suppress(CnnAppError):  # whoever opens the set is told
        for info in datasets.infos():
            if info.source == "bundled" and not info.prepared:
                datasets.request_prepare(info.name)
