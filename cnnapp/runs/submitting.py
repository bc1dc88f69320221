"""Runs and probes are asked for here: each joins the queue, then what may start is started."""

import logging
from typing import Any

from cnnapp.runs import attempts, library
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import find
from cnnapp.runs.probes import ProbeKind
from cnnapp.runs.probes.library import enqueue as enqueue_probe
from cnnapp.runs.queue import schedule
from cnnapp.runs.titles import title_again

_log = logging.getLogger(__name__)


def submit(config: RunConfig, title: str = "", *, owner: str = "", note: str = "") -> str:
    """Put a run into the queue, which starts now if a worker is free.

    Arguments, return value and errors as of `library.enqueue`.
    """
    run = library.enqueue(config, title, owner=owner, note=note)
    _start_what_may()
    return run


def clone(run: str, title: str = "", *, owner: str = "") -> str:
    """Submit a new run with the settings of `run`; return its id."""
    folder = find(run)
    config = folder.config.model_copy(update={"recipe": folder.recipe})
    return submit(config, title or title_again(folder.title, library.titles_taken()), owner=owner)


def resume(run: str, **changes: Any) -> None:
    """Queue another attempt of a run, which starts now if a worker is free.

    Arguments and errors as of `attempts.requeue`.
    """
    attempts.requeue(run, **changes)
    _start_what_may()


def request_probe(kind: ProbeKind, config: RunConfig) -> str:
    """Have something measured of a run before its start; what is under way is not asked twice.

    Args:
        kind: what is to be measured.
        config: the run that it is about.

    Returns:
        The probe's id, also its folder's name.

    Raises:
        CnnAppError: the network that the run is to begin with is gone.
    """
    probe = enqueue_probe(kind, config)
    _start_what_may()
    return probe


def _start_what_may() -> None:
    """Start what may start. What was asked for is in the queue, whatever becomes of this: others look at it, too."""
    try:
        schedule()
    except OSError as error:
        _log.warning("The queue cannot be read: %s", error)
