import contextlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from cnnapp.recipes import Recipe
from cnnapp.runs.config import RunConfig
from cnnapp.settings import settings


@lru_cache(maxsize=4096)
def _load_config(path: Path) -> RunConfig:
    return RunConfig.load(path)  # immutable, so it is read once


_metas: files.Remembered[Any] = files.Remembered(json.loads)


class RunMeta(NamedTuple):
    """What people say about a run."""

    title: str
    owner: str = ""
    note: str = ""


class RunFolder(JobFolder):
    """One training run on disk; the layout is a contract (docs/architecture.md)."""

    @property
    def config(self) -> RunConfig:
        """The experiment; raises CnnAppError when its file is damaged."""
        return _load_config(self.path / "config.json")

    @property
    def recipe(self) -> Recipe:
        """How it is trained now: the configuration's recipe with what later attempts changed."""
        changes: dict[str, Any] = {}
        for path in sorted((self.path / "attempts").glob("*.json"), key=lambda path: int(path.stem)):
            with contextlib.suppress(OSError, ValueError, KeyError):  # a damaged note of a change is as good as none
                changes |= files.read_json(path)["changes"]
        recipe = self.config.recipe
        return Recipe.model_validate({**recipe.model_dump(), **changes}) if changes else recipe

    @property
    def model_path(self) -> Path:
        """The trained network, in Keras' format."""
        return self.path / "model.keras"

    @property
    def card_path(self) -> Path:
        """What the trained network is: `models.ModelCard`."""
        return self.path / "model.json"

    @property
    def title(self) -> str:
        """What people call this run."""
        return self.meta.title

    @property
    def meta(self) -> RunMeta:
        """What people say about this run; a damaged file says nothing."""
        known = {name: str(value) for name, value in self._described().items() if name in RunMeta._fields}
        return RunMeta(**{"title": self.name, **known})

    def describe(self, **words: str) -> None:
        """Change fields of `meta`; the folder keeps its name."""
        files.write_json(self.path / "meta.json", {**self._described(), **words})

    def _described(self) -> dict[str, Any]:
        try:
            meta = _metas.read(self.path / "meta.json")
        except (OSError, ValueError):
            return {}
        return meta if isinstance(meta, dict) else {}


def find(run: str) -> RunFolder:
    """Return the folder of a run.

    Raises:
        CnnAppError: there is no such run.
    """
    # A run's name may come from a URL: it is compared with names that are there, never joined to a path.
    if run in _names():
        return RunFolder(settings().runs_dir / run)
    raise CnnAppError(f"There is no run {run[:200]!r}: choose one of the runs on the Runs page.")


def run_folders() -> list[RunFolder]:
    """Return the folders of all runs, damaged ones included, in no order."""
    return [RunFolder(settings().runs_dir / name) for name in _names()]


def _names() -> list[str]:
    try:
        with os.scandir(settings().runs_dir) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [name for name in names if not name.startswith(".")]
