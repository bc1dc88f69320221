"""One job on disk: its state, who may change it, and whose worker may write."""

import contextlib
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import psutil
from pydantic import ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs.control import JobFiles
from cnnapp.jobs.heartbeat import SILENT_SECONDS, silent_seconds
from cnnapp.jobs.identity import ending_signal, identify, is_alive
from cnnapp.jobs.status import FINAL, NOBODY, JobStatus, State


def _load(path: Path) -> JobStatus:
    return JobStatus.model_validate_json(path.read_bytes())


_states = files.Remembered(JobStatus.model_validate_json)


class FencedError(Exception):
    """This worker does not own its job any more: somebody took it for dead, and perhaps another has begun."""


class JobFolder(JobFiles):
    """One job on disk: state, events, requests and log, shared by server, command line and worker."""

    idle: ClassVar[frozenset[State]] = frozenset({"queued", "paused"})
    """Nobody works on it, but somebody may yet: a stop ends it at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._claimed: str | None = None  # the token, in the process that works on the job

    def create_state(self) -> None:
        """Write the first state, queued, into a new folder."""
        now = time.time()
        self._write(JobStatus(state="queued", created=now, queued=now, updated=now))

    def status(self) -> JobStatus:
        """Return the job's state, after writing down what a dead worker could not.

        Raises:
            CnnAppError: the state file is missing or damaged.
        """
        status = self._glance()
        process = status.process
        if not status.active or process is None:
            return status
        alive = is_alive(process)
        if status.worker is None and time.time() - status.updated > SILENT_SECONDS:
            alive = False  # whoever was about to start it lives, but has been kept from it
        silent = silent_seconds(self.heartbeat) > SILENT_SECONDS
        if alive or (alive is None and not silent):
            return status.model_copy(update={"silent": silent})
        by_signal = ending_signal(process)
        try:
            with files.locked(self._lock):
                now = self._read()
                return self._write(now.buried(by_signal)) if now.number == status.number else now
        except OSError:  # a full or read-only disk: say what is true, somebody will write it down later
            return status.buried(by_signal)

    def transition(self, state: State, *, allowed: Collection[State], **fields: Any) -> bool:
        """Change the state if it is one of `allowed`; return whether it was.

        A job that was asked to stop while it was pausing is stopped.

        Args:
            state: the new state.
            allowed: the states to leave.
            **fields: other fields of `JobStatus`; `summary` is merged into the old one.
        """
        with self.turn() as old:
            if old.state not in allowed:
                return False
            if state == "paused" and self.requested("stop"):
                state, fields = "stopped", {**fields, "message": "Stopped."}
            self._change(old, state, **fields)
            return True

    def call_off(self, verb: Literal["stop", "pause"]) -> None:
        """Have the job stop or pause: at once while nobody works on it, else when its worker looks.

        What is asked for and the state change in one turn: an attempt that somebody else begins in between would
        forget the one and show the other, and no worker would ever wind up.
        """
        with self.turn() as old:
            if old.state == "queued":
                end: State = "paused" if verb == "pause" else "stopped"
                self._change(old, end, message=f"{end.capitalize()} before it began.")
            elif old.state in self.idle and verb == "stop":
                self._change(old, "stopped", message="Stopped.")
            elif old.active:
                self.request(verb)
                message = "" if self.requested("stop") else "Pausing …"
                self._change(old, "stopping", message=message)

    def tidy(self) -> None:
        """Remove what only a worker needs, if this kind of job has such files; nobody works on the job now."""

    def requeue(
        self,
        note: Callable[[int], None] | None = None,
        *,
        allowed: Collection[State] = FINAL | {"paused"},
        **summary: Any,
    ) -> bool:
        """Begin another attempt at the end of the queue; False in any other state than those `allowed`.

        Args:
            note: told the attempt's number before it begins, so that no two write the same one's.
            allowed: the states to leave.
            **summary: merged into the summary.
        """
        with self.turn() as old:
            if old.state not in allowed:
                return False
            for verb in ("stop", "pause"):
                self.withdraw(verb)
            if note:
                note(old.attempt + 1)
            fresh = {**NOBODY, "message": "", "if_killed": "", "cause": "", "queued": time.time()}
            self._write(old.changed(state="queued", attempt=old.attempt + 1, summary=summary, **fresh))
            return True

    def start_token(self, gpus: Collection[int] = ()) -> str | None:
        """Take a queued job for starting; return the token that its worker claims it with, None if it is taken.

        Args:
            gpus: that its worker may use.
        """
        token = uuid.uuid4().hex
        owner = {**NOBODY, "token": token, "starter": identify(), "gpus": tuple(gpus)}
        return token if self.transition("starting", allowed={"queued"}, **owner) else None

    def started(self, token: str, pid: int) -> None:
        """Note the child that a start with `token` made, unless it has claimed the job already."""
        with self.turn() as old:
            if old.state == "starting" and old.token == token:
                try:
                    worker = identify(pid)
                except (OSError, psutil.Error):  # it has ended already
                    worker = identify().model_copy(update={"pid": pid, "started": -1})
                self._write(old.changed(worker=worker))

    def handed_over(self, token: str, handle: str) -> None:
        """Note what a launcher knows the worker by that it will start; until then nobody here can see its process."""
        with self.turn() as old:
            if old.active and old.token == token:
                self._write(old.changed(handle=handle, starter=None))

    def bury(self, token: str) -> None:
        """Write down that the worker started with `token` will not come, as only its launcher can know."""
        with self.turn() as old:
            if old.owned_by(token) and old.worker is None:
                self._write(old.buried())

    def claim(self, token: str) -> bool:
        """Make this process the job's worker; False when another start owns it or it has been called off."""
        with self.turn() as old:
            if old.token != token or old.worker not in (None, identify()) or old.state not in ("starting", "stopping"):
                return False
            self._claimed = token
            self._write(old.changed(worker=identify()))
            return True

    @property
    def owned(self) -> bool:
        """Whether this process is still the job's worker."""
        return self._claimed is not None and self._read().owned_by(self._claimed)

    @contextlib.contextmanager
    def turn(self) -> Iterator[JobStatus]:
        """Give the present state while nobody else can change it.

        Raises:
            FencedError: this process was the job's worker, but has been taken for dead.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(files.locked(self._lock))
            except FileNotFoundError:
                raise self._gone() from None
            status = self._read()
            if self._claimed is not None and not status.owned_by(self._claimed):
                raise FencedError(
                    f"{self.name} is {status.state} in attempt {status.attempt} and not this process's any more: "
                    "it was taken for dead, writes nothing more and ends."
                )
            yield status

    def summarise(self, **facts: Any) -> None:
        """Merge `facts` into the summary, whatever the state."""
        with self.turn() as old:
            self._write(old.changed(summary=facts))

    def emit(self, kind: str, **fields: Any) -> None:
        """Append an event; readers see it at once. A worker's event is a line only while it owns the job."""
        line = {"time": round(time.time(), 3), "kind": kind, **fields}
        with self.turn() if self._claimed else contextlib.nullcontext():
            files.append_line(self.path / "events.jsonl", line)

    def remove(self) -> None:
        """Delete the folder in a turn of its own: whoever waits for the next one, or calls again, finds it gone."""
        with contextlib.suppress(FileNotFoundError), files.locked(self._lock):
            files.remove_folder(self.path)

    def discard(self) -> None:
        """Delete the folder of a job that has ended or is damaged, unless somebody has it go on."""
        with contextlib.suppress(FileNotFoundError), files.locked(self._lock):
            try:
                ended = self._read().final
            except CnnAppError:
                ended = True
            if ended:
                files.remove_folder(self.path)

    @property
    def _lock(self) -> Path:
        return self.path / ".lock"

    def _change(self, old: JobStatus, state: State, **fields: Any) -> None:
        """Write the next state, in a turn; whoever sees the job ended finds nothing that only its worker needed."""
        if state in FINAL and state not in self.idle:
            self.tidy()
        self._write(old.changed(state=state, **fields))

    def _write(self, status: JobStatus) -> JobStatus:
        files.write(self.path / "state.json", status.model_dump_json(indent=1, exclude={"silent"}).encode())
        return status

    def _glance(self) -> JobStatus:
        """Return the state for somebody who only looks: parsed once for all looks at it."""
        return self._read(_states.read)

    def _read(self, read: Callable[[Path], JobStatus] = _load) -> JobStatus:
        try:
            return read(self.path / "state.json")
        except FileNotFoundError:
            if not self.path.exists():
                raise self._gone() from None
            raise CnnAppError(f"{self.name} has no state file: it was not finished or is damaged. Delete it.") from None
        except (OSError, ValidationError):
            raise CnnAppError(f"The state file of {self.name} cannot be read: it is damaged. Delete it.") from None
