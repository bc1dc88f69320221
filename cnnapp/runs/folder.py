"""One training run on disk, and the library of all runs."""

import contextlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp import files
from cnnapp.jobs import JobFolder, JobLibrary
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
    """One training run on disk; the layout is a contract (`cnnapp/runs/__init__.py`)."""

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


LIBRARY = JobLibrary(
    RunFolder,
    lambda: settings().runs_dir,
    "There is no run {name!r}: choose one of the runs on the Runs page.",
)
find = LIBRARY.find
