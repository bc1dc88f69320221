"""What lists show of a job of any kind, and how its worker says how far it is."""

import time
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp.errors import CnnAppError
from cnnapp.jobs.folder import JobFolder
from cnnapp.jobs.status import FINAL, State

SECONDS_BETWEEN_REPORTS = 0.3


class JobFacts(BaseModel):
    """One job as a list shows it; each kind adds what it is about."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job: str  # its id
    state: State
    message: str
    created: float  # seconds since 1970
    what: str = ""  # is being done now
    done: int = 0
    total: int = 0
    unit: str = "images"
    seconds_left: float | None = None

    @property
    def live(self) -> bool:
        """Whether it may still change."""
        return self.state not in FINAL

    @classmethod
    def read(cls, folder: JobFolder, **own: Any) -> Self:
        """Return a job's line, with what the kind of job adds.

        Raises:
            CnnAppError: its state cannot be read.
        """
        status = folder.status()
        named = {"job": folder.name, "state": status.state, "message": status.message, "created": status.created}
        try:
            return cls.model_validate({**status.summary, **named, **own})
        except ValidationError:
            raise CnnAppError(f"The state file of {folder.name} is damaged: start the job again.") from None


class Reporter:
    """Writes down how far a job is, a few times a second, and ends it when it was asked to stop."""

    def __init__(self, job: JobFolder) -> None:
        self._job = job
        self._what, self._since, self._last = "", 0.0, 0.0
        self._first = 0  # what was done already when this began

    def __call__(self, what: str, done: int, total: int, unit: str = "images") -> None:
        """Report `done` of `total`; raises CalledOffError."""
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_REPORTS and what == self._what:
            return
        self._job.raise_if_called_off()
        if what != self._what:
            self._what, self._since, self._first = what, now, done
        self._last = now
        new = done - self._first
        left = (now - self._since) * (total - done) / new if new > 0 and now - self._since > 1 else None
        self._job.summarise(what=what, done=done, total=total, unit=unit, seconds_left=left)
