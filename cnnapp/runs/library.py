"""The list of runs, what people say about one, and its end: stopped, deleted."""

import contextlib
import time
from collections.abc import Sequence

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import LIBRARY, RunFolder, find
from cnnapp.runs.starting import read_start, start_path
from cnnapp.runs.summary import RunSummary, damaged_summary, read_summary
from cnnapp.runs.titles import propose_title
from cnnapp.settings import settings

LENGTHS = {"title": (1, 100), "owner": (0, 60), "note": (0, 1000)}  # of what people say about a run


def enqueue(config: RunConfig, title: str = "", *, owner: str = "", note: str = "") -> str:
    """Put a run into the queue; `queue.schedule` starts it when a worker is free.

    Args:
        config: what to train.
        title: what people call it; by default its data set, its network and what differs from the network's recipe.
        owner: whose it is; by default this process's user or what the operator has set.
        note: anything else worth knowing of it.

    Returns:
        The run's id, also its folder's name.

    Raises:
        CnnAppError: one of the texts is too long, or the network that it is to begin with is gone.
    """
    title = title or propose_title(config, titles_taken())
    words = _checked({"title": title, "owner": owner or settings().owner, "note": note})
    start = read_start(config.recipe.fine_tuning) if config.recipe.fine_tuning else None

    def fill(folder: RunFolder) -> None:
        files.write(folder.path / "config.json", config.model_dump_json(indent=1).encode())
        folder.describe(**words)
        if start is not None:
            files.write(start_path(folder.path), start)

    return LIBRARY.create(f"{config.dataset}-{config.architecture}", fill).name


def titles_taken() -> set[str]:
    """Return what the runs are called."""
    return {folder.title for folder in LIBRARY.folders()}


def list_runs() -> list[RunSummary]:
    """Return all runs, newest first; a damaged one is listed as such."""
    return LIBRARY.listed(read_summary, damaged_summary)


def get(run: str) -> RunSummary:
    """Return one run's line; raises CnnAppError when there is no such run."""
    return _summarise(find(run))


def _summarise(folder: RunFolder) -> RunSummary:
    try:
        return read_summary(folder)
    except CnnAppError as error:
        return damaged_summary(folder, str(error))


def stop(run: str) -> None:
    """Ask a run to stop; a queued one is stopped at once. A run that has ended is left as it is."""
    LIBRARY.cancel(run)


def describe(run: str, **words: str) -> None:
    """Change what people say about a run.

    Args:
        run: its id.
        **words: `title`, `owner` or `note`.

    Raises:
        CnnAppError: there is no such run, the title is empty or something is too long.
    """
    find(run).describe(**_checked(words))


def delete(run: str, *, patience: float = 10.0) -> None:
    """Stop a run if need be, wait for its worker to end, and remove its folder.

    Args:
        run: its id.
        patience: seconds to wait for its worker.

    Raises:
        CnnAppError: there is no such run, or its worker does not end in time.
    """
    delete_all([run], patience=patience)


def delete_all(chosen: Sequence[str], *, patience: float = 10.0) -> None:
    """Delete several runs: all are stopped at once, then each is waited for.

    Args:
        chosen: their ids.
        patience: seconds to wait for all of their workers.

    Raises:
        CnnAppError: there is no such run, or a worker does not end in time; those before it are gone.
    """
    folders = [find(run) for run in chosen]
    alive = [folder for folder in folders if not _summarise(folder).damaged]
    for folder in alive:
        with contextlib.suppress(CnnAppError):  # somebody else has deleted it meanwhile
            stop(folder.name)
    deadline = time.monotonic() + patience
    for folder in folders:
        if folder in alive:
            _wait_for_end(folder, deadline)
        folder.remove()


def _wait_for_end(folder: RunFolder, deadline: float) -> None:
    while _winds_up(folder):
        if time.monotonic() > deadline:
            raise CnnAppError(
                f"{folder.title} is still winding up: its folder can be deleted when it has stopped. Try again."
            )
        time.sleep(0.1)


def _winds_up(folder: RunFolder) -> bool:
    """Whether a worker is on it still; one that somebody else has begun meanwhile is called off, too."""
    try:
        status = folder.status()
        if status.active and status.state != "stopping":
            folder.call_off("stop")
    except CnnAppError:  # somebody else has deleted it meanwhile
        return False
    return status.active


def using_dataset(dataset: str) -> list[RunSummary]:
    """Return the runs that wait for this data set or train on it now."""
    return [run for run in list_runs() if run.dataset == dataset and (run.active or run.state == "queued")]


def _checked(words: dict[str, str]) -> dict[str, str]:
    words = {name: text.strip() if name == "note" else " ".join(text.split()) for name, text in words.items()}
    for name, text in words.items():
        least, most = LENGTHS[name]
        if not least <= len(text) <= most:
            raise CnnAppError(f"A run's {name} has {least} to {most} characters, but this one has {len(text)}.")
    return words
