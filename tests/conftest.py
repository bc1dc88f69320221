"""Fixtures for all tests: a library of their own, and quick pages."""

import contextlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psutil
import pytest
from streamlit.components.v2 import manifest_scanner
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from cnnapp.settings import settings
from tests.kit.asked_cli import ask
from tests.kit.job_folders import job
from tests.kit.queued_runs import library
from tests.kit.sharing import SharingScheduling
from tests.kit.trained_library import trained, trained_once

__all__ = ["ask", "home", "job", "library", "trained", "trained_once"]


@pytest.fixture(scope="session", autouse=True)
def _components_looked_for_once() -> Iterator[None]:
    """Streamlit's harness reads the metadata of all installed packages for each page that a test opens: 0.1 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """With `--dist loadfile`, files that share what is dear to make stay together."""
    return SharingScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


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
