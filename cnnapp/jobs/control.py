"""What lies beside a job's state: what is asked of its worker, its events and its log."""

from pathlib import Path
from typing import Any

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs.status import State


class CalledOffError(Exception):
    """The job was asked to stop or to pause; its worker winds up."""

    def __init__(self, state: State = "stopped") -> None:
        super().__init__(state)
        self.state = state


class JobFiles:
    """The files of one job but for its state."""

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

    def request(self, verb: str, value: Any = True) -> None:
        """Ask the worker for something; it looks before it starts and at every dispatch."""
        control = self.path / "control"
        try:
            control.mkdir(exist_ok=True)
            files.write_json(control / f"{verb}.json", value)
        except FileNotFoundError:
            raise self._gone() from None

    def requested(self, verb: str) -> Any:
        """Return what was asked under `verb`, None if nothing was."""
        try:
            return files.read_json(self.path / "control" / f"{verb}.json")
        except (OSError, ValueError):
            return None

    def withdraw(self, verb: str) -> None:
        """Forget what was asked under `verb`."""
        (self.path / "control" / f"{verb}.json").unlink(missing_ok=True)

    def raise_if_called_off(self) -> None:
        """Raise CalledOffError when the job was asked to stop or to pause; its worker looks before each piece of work.

        A stop beats a pause.
        """
        if self.requested("stop"):
            raise CalledOffError
        if self.requested("pause"):
            raise CalledOffError("paused")

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

    def _gone(self) -> CnnAppError:
        return CnnAppError(f"{self.name} is not there any more: somebody has deleted it.")
