"""One probe on disk, and the library of all probes."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder, JobLibrary
from cnnapp.runs.probes.request import ProbeRequest
from cnnapp.runs.starting import start_path
from cnnapp.settings import settings

REQUEST, RESULT = "probe.json", "result.json"

_results: files.Remembered[Any] = files.Remembered(json.loads, most=256)


class ProbeFolder(JobFolder):
    """One probe on disk: what is asked, what was found; nothing that has been learnt stays."""

    @property
    def asked(self) -> ProbeRequest:
        """What is asked; raises CnnAppError when it cannot be read."""
        return _load(self.path / REQUEST)

    @property
    def result(self) -> Any:
        """What was found, as plain values; None before, or when it cannot be read."""
        try:
            return _results.read(self.path / RESULT)
        except (OSError, ValueError):
            return None

    def put_result(self, value: Any) -> None:
        """Write down what was found; its worker's turn only."""
        with self.turn():
            files.write_json(self.path / RESULT, value, durable=False)

    def tidy(self) -> None:
        """Remove the network that a fine-tuned run begins with."""
        start_path(self.path).unlink(missing_ok=True)


@lru_cache(maxsize=256)
def _load(path: Path) -> ProbeRequest:
    try:
        return ProbeRequest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise CnnAppError(f"{path.parent.name} cannot be read: measure again.") from None


def is_probe(path: Path) -> bool:
    """Whether a job's folder is a probe's."""
    return (path / REQUEST).is_file()


LIBRARY = JobLibrary(ProbeFolder, lambda: settings().probes_dir, "This probe is no longer there: measure again.")
