import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cnnapp.settings import settings
from tests.asked_cli import ask
from tests.job_folders import job
from tests.queued_runs import library
from tests.trained_library import trained, trained_once

__all__ = ["ask", "home", "job", "library", "trained", "trained_once"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh, empty library; whatever still works on it afterwards is ended."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CNNAPP_HOME", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in argument for argument in child.cmdline()):
                child.kill()
