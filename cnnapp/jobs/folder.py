import time
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs.heartbeat import SILENT_SECONDS, silent_seconds
from cnnapp.jobs.identity import Identity, identify, is_alive

State = Literal["queued", "starting", "running", "stopping", "paused", "stopped", "finished", "failed", "interrupted"]
ACTIVE: frozenset[State] = frozenset({"starting", "running", "stopping"})
FINAL: frozenset[State] = frozenset({"stopped", "finished", "failed", "interrupted"})


class JobStatus(BaseModel):
    """What `state.json` says; `summary` is what the kind of job wants to be listed with."""

    model_config = ConfigDict(frozen=True)

    number: int = 0  # grows with every change
    state: State
    attempt: int = 1
    token: str = ""  # of the start that may claim this job
    starter: Identity | None = None  # while starting: who is about to make the child
    worker: Identity | None = None  # the child, from its first moment
    message: str = ""  # one sentence for people
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


class JobFolder:
    """One job on disk: state, events, requests and log, shared by server, command line and worker."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The job's id: its folder's name."""
        return self.path.name

    @property
    def log(self) -> Path:
        """What the worker printed."""
        return self.path / "log.txt"

    @property
    def heartbeat(self) -> Path:
        """The file that its worker beats."""
        return self.path / "heartbeat"

    def create_state(self) -> None:
        """Write the first state, queued, into a new folder."""
        now = time.time()
        self._write(JobStatus(state="queued", created=now, queued=now, updated=now))

    def status(self) -> JobStatus:
        """Return the job's state, after writing down what a dead worker could not.

        Raises:
            CnnAppError: the state file is missing or damaged.
        """
        status = self._read()
        process = status.worker or status.starter
        if not status.active or process is None:
            return status
        alive = is_alive(process)
        if status.worker is None and time.time() - status.updated > SILENT_SECONDS:
            alive = False  # whoever was about to start it lives, but has been kept from it
        silent = silent_seconds(self.heartbeat) > SILENT_SECONDS
        if alive or (alive is None and not silent):
            return status.model_copy(update={"silent": silent})
        try:
            with files.locked(self._lock):
                now = self._read()
                return self._write(_bury(now)) if now.number == status.number else now
        except OSError:  # a full or read-only disk: say what is true, somebody will write it down later
            return _bury(status)

    def transition(self, state: State, *, allowed: Collection[State], **fields: Any) -> bool:
        """Change the state if it is one of `allowed`; return whether it was.

        Args:
            state: the new state.
            allowed: the states to leave.
            **fields: other fields of `JobStatus`; `summary` is merged into the old one.
        """
        with files.locked(self._lock):
            old = self._read()
            if old.state not in allowed:
                return False
            self._change(old, state=state, **fields)
            return True

    def requeue(self, **summary: Any) -> bool:
        """Begin another attempt at the end of the queue; False while this attempt has not ended.

        Args:
            **summary: merged into the summary.
        """
        with files.locked(self._lock):
            old = self._read()
            if not (old.final or old.state == "paused"):
                return False
            for verb in ("stop", "pause"):
                self.withdraw(verb)
            fresh = {"token": "", "starter": None, "worker": None, "message": "", "queued": time.time()}
            self._change(old, state="queued", attempt=old.attempt + 1, summary=summary, **fresh)
            return True

    def start_token(self) -> str | None:
        """Take a queued job for starting; return the token that its worker claims it with, None if it is taken."""
        token = uuid.uuid4().hex
        taken = self.transition("starting", allowed={"queued"}, token=token, starter=identify())
        return token if taken else None

    def started(self, token: str, pid: int) -> None:
        """Note the child that a start with `token` made, unless it has claimed the job already."""
        with files.locked(self._lock):
            old = self._read()
            if old.state == "starting" and old.token == token:
                try:
                    self._change(old, worker=identify(pid))
                except (OSError, psutil.Error):  # it has ended already
                    self._change(old, worker=Identity(boot=identify().boot, pid=pid, started=-1))

    def claim(self, token: str) -> bool:
        """Make this process the job's worker; False when another start owns it or it has been called off."""
        with files.locked(self._lock):
            old = self._read()
            if old.token != token or old.state not in ("starting", "stopping"):
                return False
            self._change(old, worker=identify())
            return True

    def summarise(self, **facts: Any) -> None:
        """Merge `facts` into the summary, whatever the state."""
        with files.locked(self._lock):
            self._change(self._read(), summary=facts)

    def request(self, verb: str, value: Any = True) -> None:
        """Ask the worker for something; it looks before it starts and at every dispatch."""
        control = self.path / "control"
        control.mkdir(exist_ok=True)
        files.write_json(control / f"{verb}.json", value)

    def requested(self, verb: str) -> Any:
        """Return what was asked under `verb`, None if nothing was."""
        try:
            return files.read_json(self.path / "control" / f"{verb}.json")
        except (OSError, ValueError):
            return None

    def withdraw(self, verb: str) -> None:
        """Forget what was asked under `verb`."""
        (self.path / "control" / f"{verb}.json").unlink(missing_ok=True)

    def emit(self, kind: str, **fields: Any) -> None:
        """Append an event; readers see it at once."""
        files.append_line(self.path / "events.jsonl", {"time": round(time.time(), 3), "kind": kind, **fields})

    def events(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Return the events from byte `offset` on, and the offset to go on from."""
        values, offset = files.read_lines(self.path / "events.jsonl", offset)
        return [value for value in values if isinstance(value, dict)], offset

    def log_tail(self, size: int = 4000) -> str:
        """Return the last `size` bytes of the log as text."""
        try:
            return self.log.read_bytes()[-size:].decode(errors="replace")
        except OSError:
            return ""

    @property
    def _lock(self) -> Path:
        return self.path / ".lock"

    def _change(self, old: JobStatus, **fields: Any) -> JobStatus:
        return self._write(_changed(old, **fields))

    def _write(self, status: JobStatus) -> JobStatus:
        files.write(self.path / "state.json", status.model_dump_json(indent=1, exclude={"silent"}).encode())
        return status

    def _read(self) -> JobStatus:
        try:
            return JobStatus.model_validate_json((self.path / "state.json").read_bytes())
        except FileNotFoundError:
            raise CnnAppError(f"{self.name} has no state file: it was not finished or is damaged. Delete it.") from None
        except (OSError, ValidationError):
            raise CnnAppError(f"The state file of {self.name} cannot be read: it is damaged. Delete it.") from None


def _changed(old: JobStatus, **fields: Any) -> JobStatus:
    fields["summary"] = {**old.summary, **fields.get("summary", {})}
    return old.model_copy(update={**fields, "number": old.number + 1, "updated": time.time(), "silent": False})


def _bury(status: JobStatus) -> JobStatus:
    """Return what becomes of a job whose process is gone."""
    if status.worker is None and status.state == "starting":  # its starter died: nothing has run yet
        return _changed(status, state="queued", token="", starter=None)
    if status.worker is None:  # likewise, and it was called off meanwhile
        return _changed(status, state="stopped", token="", starter=None, message="Stopped before it began.")
    message = "Its process ended without a word (killed, out of memory, or the machine went down)."
    return _changed(status, state="interrupted", starter=None, worker=None, message=message)
