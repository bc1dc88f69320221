from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from cnnapp.runs.trials.request import TrialRequest
from cnnapp.settings import settings

REQUEST, RESULT = "trial.json", "result.json"


class TrialFolder(JobFolder):
    """One trial on disk: what is asked, what was found; nothing that has been learnt stays."""

    @property
    def asked(self) -> TrialRequest:
        """What is asked; raises CnnAppError when it cannot be read."""
        return _load(self.path / REQUEST)

    @property
    def result(self) -> Any:
        """What was found, as plain values; None before, or when it cannot be read."""
        try:
            return files.read_json(self.path / RESULT)
        except (OSError, ValueError):
            return None

    def put_result(self, value: Any) -> None:
        """Write down what was found; its worker's turn only."""
        with self.turn():
            files.write_json(self.path / RESULT, value, durable=False)

    def report(self, what: str, done: int, total: int) -> None:
        """Say how far the trial is."""
        self.summarise(what=what, done=done, total=total)


@lru_cache(maxsize=256)
def _load(path: Path) -> TrialRequest:
    try:
        return TrialRequest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise CnnAppError(f"{path.parent.name} cannot be read: measure again.") from None


def is_trial(path: Path) -> bool:
    """Whether a job's folder is a trial's."""
    return (path / REQUEST).is_file()


def trial_folders() -> list[TrialFolder]:
    """Return the folders of all trials, newest first."""
    try:
        names = [path.name for path in settings().trials_dir.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    return [TrialFolder(settings().trials_dir / name) for name in sorted(names, reverse=True)]
