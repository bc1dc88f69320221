from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnapp.settings import settings
from tests.trained_library import trained, trained_once

__all__ = ["home", "trained", "trained_once"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh, empty library."""
    monkeypatch.setenv("CNNAPP_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()
