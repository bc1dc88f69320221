"""A library with one network trained by the real worker; once per test session, read-only by agreement."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cnnapp import jobs, runs
from cnnapp.modelhost.client import host
from cnnapp.settings import settings

PAGES = Path(__file__).parents[2] / "pages"


class Trained(NamedTuple):
    home: Path
    run: str


def use(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CNNAPP_HOME", str(home))
    settings.cache_clear()


def wait_for_end(run: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while (summary := runs.get(run)).state != "finished":
        assert summary.state != "failed", summary
        assert time.monotonic() < deadline, summary
        time.sleep(0.1)
    jobs.reap()


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    home = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        use(home, patch)
        run = runs.enqueue(runs.configure("digits", "lenet5", epochs=6))
        runs.schedule()
        wait_for_end(run)
    settings.cache_clear()
    yield Trained(home, run)
    host().close()


@pytest.fixture
def trained(trained_once: Trained, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trained]:
    use(trained_once.home, monkeypatch)
    yield trained_once
    settings.cache_clear()
