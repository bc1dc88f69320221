import datetime
import time
import uuid
from typing import NamedTuple

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, State
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import RunFolder, find, run_folders
from cnnapp.settings import settings

TITLE_LENGTH = 100


class RunSummary(NamedTuple):
    """One line of the list of runs."""

    run: str
    title: str
    state: State
    dataset: str
    architecture: str
    epochs: int  # completed
    epochs_wanted: int
    val_accuracy: float | None  # of model.keras, 0-1
    test_accuracy: float | None  # of model.keras, 0-1
    seconds: float | None  # of training
    images_per_second: float | None
    device: str  # that TensorFlow really used
    created: float  # seconds since 1970
    queued: float  # when it last joined the queue
    message: str
    silent: bool
    damaged: str  # a sentence, when the folder cannot be read

    @property
    def active(self) -> bool:
        """Whether a worker is on it."""
        return self.state in ACTIVE

    @property
    def label(self) -> str:
        """How pickers name it."""
        return f"{self.title} · {STATE_MARKS[self.state]} {self.state}"


STATE_MARKS: dict[State, str] = {
    "queued": "…",
    "starting": "◔",
    "running": "◐",
    "stopping": "◑",
    "paused": "‖",
    "stopped": "■",
    "finished": "●",
    "failed": "✗",
    "interrupted": "⚡",
}


def submit(config: RunConfig, title: str = "") -> str:
    """Put a run into the queue; `queue.schedule` starts it when a worker is free.

    Returns:
        The run's id, also its folder's name.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S")
    run = f"{stamp}-{config.dataset}-{config.architecture}-{uuid.uuid4().hex[:4]}"
    with files.new_folder(settings().runs_dir / run) as part:
        folder = RunFolder(part)
        files.write(part / "config.json", config.model_dump_json(indent=1).encode())
        folder.rename(_checked_title(title or f"{config.dataset} · {config.architecture}"))
        folder.create_state()
    return run


def list_runs() -> list[RunSummary]:
    """Return all runs, newest first; a damaged one is listed as such."""
    found = [(folder, _summarise(folder)) for folder in run_folders()]
    # One that somebody deletes at this moment reads as damaged, but is no longer there.
    runs = [run for folder, run in found if not run.damaged or folder.path.is_dir()]
    return sorted(runs, key=lambda run: (run.created, run.run), reverse=True)


def get(run: str) -> RunSummary:
    """Return one run's line; raises CnnAppError when there is no such run."""
    return _summarise(find(run))


def _summarise(folder: RunFolder) -> RunSummary:
    try:
        status, config = folder.status(), folder.config
    except CnnAppError as error:
        return _damaged(folder, str(error))
    facts = status.summary
    return RunSummary(
        run=folder.name,
        title=folder.title,
        state=status.state,
        dataset=config.dataset,
        architecture=config.architecture,
        epochs=facts.get("epochs", 0),
        epochs_wanted=facts.get("epochs_wanted", config.recipe.epochs),
        val_accuracy=facts.get("val_accuracy"),
        test_accuracy=facts.get("test_accuracy"),
        seconds=facts.get("seconds"),
        images_per_second=facts.get("images_per_second"),
        device=facts.get("device", ""),
        created=status.created,
        queued=status.queued,
        message=status.message,
        silent=status.silent,
        damaged="",
    )


def _damaged(folder: RunFolder, sentence: str) -> RunSummary:
    try:
        created = folder.path.stat().st_mtime
    except OSError:
        created = 0.0
    nothing = {"val_accuracy": None, "test_accuracy": None, "seconds": None, "images_per_second": None}
    return RunSummary(
        run=folder.name,
        title=folder.title,
        state="failed",
        dataset="",
        architecture="",
        epochs=0,
        epochs_wanted=0,
        device="",
        created=created,
        queued=created,
        message=sentence,
        silent=False,
        damaged=sentence,
        **nothing,
    )


def stop(run: str) -> None:
    """Ask a run to stop; a queued one is stopped at once. A run that has ended is left as it is."""
    folder = find(run)
    if folder.status().final:
        return
    folder.request("stop")
    if folder.transition("stopped", allowed={"paused"}, message="Stopped."):
        return
    if not folder.transition("stopped", allowed={"queued"}, message="Stopped before it began."):
        folder.transition("stopping", allowed={"starting", "running"})


def rename(run: str, title: str) -> None:
    """Give a run another title; raises CnnAppError when it is empty or too long."""
    find(run).rename(_checked_title(title))


def delete(run: str, *, patience: float = 10.0) -> None:
    """Stop a run if need be, wait for its worker to end, and remove its folder.

    Args:
        run: its id.
        patience: seconds to wait for its worker.

    Raises:
        CnnAppError: there is no such run, or its worker does not end in time.
    """
    folder = find(run)
    if not get(run).damaged:
        stop(run)
        _wait_for_end(folder, patience)
    files.remove_folder(folder.path)


def _wait_for_end(folder: RunFolder, patience: float) -> None:
    deadline = time.monotonic() + patience
    while folder.status().active:
        if time.monotonic() > deadline:
            raise CnnAppError("This run is still winding up: its folder can be deleted when it has stopped. Try again.")
        time.sleep(0.1)


def using_dataset(dataset: str) -> list[RunSummary]:
    """Return the runs that wait for this data set or train on it now."""
    return [run for run in list_runs() if run.dataset == dataset and (run.active or run.state == "queued")]


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_LENGTH:
        raise CnnAppError(f"A run's title has 1 to {TITLE_LENGTH} characters, but this one has {len(title)}.")
    return title
