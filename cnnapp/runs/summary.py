"""One line of the list of runs, read from the run's folder; a damaged one says what is wrong with it."""

from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, Cause, State
from cnnapp.jobs.library import made
from cnnapp.runs.folder import RunFolder

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

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=1e15)]


class RunSummary(NamedTuple):
    """One line of the list of runs."""

    run: str
    title: str
    owner: str
    note: str
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
    cause: Cause  # of an attempt's bad end
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


class RunFacts(BaseModel):
    """What the worker of a run has told of it, in the summary of its state."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    epochs: Count = 0
    epochs_wanted: Count | None = None
    val_accuracy: Share | None = None
    test_accuracy: Share | None = None
    seconds: Amount | None = None
    images_per_second: Amount | None = None
    device: Annotated[str, Field(max_length=300)] = ""


def read_summary(folder: RunFolder) -> RunSummary:
    """Return a run's line.

    Raises:
        CnnAppError: its configuration or its state is damaged or by a newer version of the app.
    """
    status, config = folder.status(), folder.config
    try:
        facts = RunFacts.model_validate(status.summary)
    except ValidationError:
        raise CnnAppError(
            f"The state file of {folder.name} holds values that no run has: it is damaged. Delete the run."
        ) from None
    told = facts.model_dump()
    return RunSummary(
        run=folder.name,
        **folder.meta._asdict(),
        **{**told, "epochs_wanted": told["epochs_wanted"] or config.recipe.epochs},
        state=status.state,
        dataset=config.dataset,
        architecture=config.architecture,
        created=status.created,
        queued=status.queued,
        message=status.message,
        cause=status.cause,
        silent=status.silent,
        damaged="",
    )


def damaged_summary(folder: RunFolder, sentence: str) -> RunSummary:
    """Return the line of a run that cannot be read, with the sentence that says so."""
    created = made(folder)
    nothing: dict[str, Any] = RunFacts(epochs_wanted=0).model_dump()
    return RunSummary(
        run=folder.name,
        **folder.meta._asdict(),
        **nothing,
        state="failed",
        dataset="",
        architecture="",
        created=created,
        queued=created,
        message=sentence,
        cause="",
        silent=False,
        damaged=sentence,
    )
