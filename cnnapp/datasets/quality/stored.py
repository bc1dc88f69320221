"""A data set's quality report, beside its arrays."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from cnnapp import files
from cnnapp.datasets import store
from cnnapp.datasets.quality.report import RULES, QualityReport
from cnnapp.errors import CnnAppError

FILE = "quality.json"


def read_report(name: str) -> QualityReport | None:
    """Return what the last check of a data set found; None if none was made of it as it is now."""
    if not store.is_stored(name):
        return None
    path = store.folder_of(name) / FILE
    try:
        report = _read(path, path.stat().st_mtime_ns)
    except (OSError, ValidationError):  # a check writes it anew
        return None
    current = report.rules == RULES and report.digest == store.read_manifest(name).digest
    return report if current else None


def write_report(name: str, report: QualityReport) -> None:
    """Keep a report; raises CnnAppError when its data set has been deleted meanwhile."""
    try:
        files.write(store.folder_of(name) / FILE, report.model_dump_json().encode())
    except FileNotFoundError:
        raise CnnAppError(f"The data set {name} was deleted while it was checked: choose another one.") from None


@lru_cache(maxsize=4)  # reports of large sets take a while to read, and pages ask at every click
def _read(path: Path, _changed: int) -> QualityReport:
    return QualityReport.model_validate_json(path.read_bytes())
