"""A library with a newcomer's first run, trained by the real worker once per session; read-only by agreement."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cnnapp import jobs, runs
from cnnapp.modelhost.client import host
from cnnapp.settings import settings
from tests.kit.waiting import wait_for

PAGES = Path(__file__).parents[2] / "pages"


class Trained(NamedTuple):
    home: Path
    run: str


def use(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CNNAPP_HOME", str(home))
    settings.cache_clear()


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    home = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        use(home, patch)
        run = runs.submit(runs.configure_first_run())
        wait_for(run, "finished", "failed")
        jobs.reap()
    settings.cache_clear()
    yield Trained(home, run)
    host().close()


@pytest.fixture
def trained(trained_once: Trained, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trained]:
    use(trained_once.home, monkeypatch)
    yield trained_once
    settings.cache_clear()
