"""The states of a job and what they mean."""

import signal
import time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cnnapp.jobs.identity import Identity

State = Literal["queued", "starting", "running", "stopping", "paused", "stopped", "finished", "failed", "interrupted"]
ACTIVE: frozenset[State] = frozenset({"starting", "running", "stopping"})
FINAL: frozenset[State] = frozenset({"stopped", "finished", "failed", "interrupted"})
# What ended an attempt: its own word that memory ran out, or signal 9, unasked for, as the end of memory looks.
Cause = Literal["", "memory", "killed"]


NOBODY: dict[str, Any] = {"token": "", "starter": None, "worker": None, "handle": "", "gpus": ()}  # owns the job


class JobStatus(BaseModel):
    """What `state.json` says; `summary` is what the kind of job wants to be listed with."""

    model_config = ConfigDict(frozen=True)

    number: int = 0  # grows with every change
    state: State
    attempt: int = 1
    token: str = ""  # of the start that may claim this job, and of the worker that owns it
    starter: Identity | None = None  # while starting: who is about to make the child
    worker: Identity | None = None  # the child, from its first moment
    handle: str = ""  # what a launcher elsewhere knows the worker by
    gpus: tuple[int, ...] = ()  # that this attempt may use; none: whatever the worker finds
    message: str = ""  # one sentence for people
    if_killed: str = ""  # one more, for when its process is killed and cannot say it
    cause: Cause = ""
    summary: dict[str, Any] = {}
    created: float  # seconds since 1970
    queued: float = 0.0  # when it last joined the queue; its place there
    updated: float
    silent: bool = False  # alive, but no heartbeat for half a minute; never stored

    @property
    def active(self) -> bool:
        """Whether a worker should be alive now."""
        return self.state in ACTIVE

    @property
    def final(self) -> bool:
        """Whether this attempt has ended."""
        return self.state in FINAL

    @property
    def process(self) -> Identity | None:
        """Whose life decides whether the job is alive."""
        return self.worker or self.starter

    def owned_by(self, token: str) -> bool:
        """Whether the worker that was started with `token` may still write."""
        return self.active and self.token == token

    def changed(self, **fields: Any) -> "JobStatus":
        """Return the next status; `summary` is merged into the old one."""
        fields["summary"] = {**self.summary, **fields.get("summary", {})}
        return self.model_copy(update={**fields, "number": self.number + 1, "updated": time.time(), "silent": False})

    def buried(self, by_signal: int | None = None) -> "JobStatus":
        """Return what becomes of a job whose process is gone.

        Args:
            by_signal: that ended it; 0 for none, None where that is not known any more.
        """
        if self.worker is None and self.state == "stopping":  # called off, and nothing has run yet
            return self.changed(state="stopped", **NOBODY, message="Stopped before it began.")
        if self.worker is None and not self.handle:  # its starter died: nothing has run yet
            return self.changed(state="queued", **NOBODY)
        killed = by_signal == signal.SIGKILL and self.state != "stopping"
        message = " ".join(filter(None, (_obituary(by_signal, self.state), self.if_killed if killed else "")))
        cause: Cause = "killed" if killed else ""
        return self.changed(state="interrupted", starter=None, worker=None, message=message, cause=cause)


def _obituary(by_signal: int | None, state: State) -> str:
    if state == "starting":
        return "Its process ended without a word before it had begun: the end of its log may say why."
    if state == "stopping":
        return "Its process ended before it had wound up: its newest checkpoint is kept."
    if by_signal == signal.SIGKILL:
        return "Its process ended without a word: it was killed, as the system does when memory runs out."
    if by_signal:
        return f"Its process crashed ({signal.Signals(by_signal).name}): the end of its log may say why."
    return "Its process ended without a word (killed, out of memory, or the machine went down)."
