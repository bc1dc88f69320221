"""One odd file never takes a list or a page from everybody: any JSON in any of the library's files."""

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from cnnapp import datasets, runs
from cnnapp.datasets.request_kinds import CheckRequest
from cnnapp.jobs import JobFolder
from cnnapp.runs import History, probes
from cnnapp.settings import settings
from cnnapp.ui import pages
from tests.kit.app_pages import open_page
from tests.kit.written_runs import write_run

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 10**30, -(10**400), 0.5, -0.5, 1e308, math.nan, math.inf, -math.inf,
    "", "text", "12", "running", "finished", "plan", "../../etc", "\x1b[31m", "\u202e", "x" * 5000,
    [], {}, [[]], [None], {"": {}},
)  # fmt: skip


def anything(draw: random.Random, depth: int = 0) -> Any:
    """Any JSON value, NaN and infinity included."""
    kind = draw.randrange(4 if depth < 2 else 2)
    if kind == 2:
        return [anything(draw, depth + 1) for _ in range(draw.randrange(4))]
    if kind == 3:
        return {str(draw.choice(SCALARS))[:20]: anything(draw, depth + 1) for _ in range(draw.randrange(4))}
    return draw.choice(SCALARS)


def changed(value: Any, draw: random.Random) -> Any:
    """A value of which one place, at any depth, holds anything else, or is gone."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        rest = dict(value)
        if draw.random() < 0.2:
            del rest[key]
        else:
            rest[key] = changed(value[key], draw)
        return rest
    if isinstance(value, list) and value and draw.random() < 0.9:
        place = draw.randrange(len(value))
        return [*value[:place], changed(value[place], draw), *value[place + 1 :]]
    return anything(draw)


def spoil(path: Path, draw: random.Random) -> None:
    """Put any JSON into one of the file's values, or into one of its lines."""
    if path.suffix == ".jsonl":
        lines = path.read_text().splitlines() or ["{}"]
        place = draw.randrange(len(lines))
        lines[place] = json.dumps(changed(json.loads(lines[place]), draw))
        path.write_text("\n".join(lines) + "\n")
    else:
        path.write_text(json.dumps(changed(json.loads(path.read_text()), draw)))


@pytest.fixture
def library(home) -> list[Path]:
    """A library with a run of each kind, a probe and a job; its files of JSON."""
    write_run("finished", title="sound", epochs=3)
    write_run("stopped", epochs=2)
    write_run("queued")
    probes.enqueue("range", runs.configure("digits", "lenet5"))
    job = settings().jobs_dir / "20261128-120000-check-abcdef"
    job.mkdir(parents=True)
    (job / "request.json").write_text(CheckRequest(name="digits", title="Digits").model_dump_json())
    JobFolder(job).create_state()
    found = [*settings().home.rglob("*.json"), *settings().home.rglob("*.jsonl")]
    assert len(found) > 12
    return sorted(found)


def look_at_everything() -> None:
    """Read what the lists, the curves and the command line read."""
    for run in runs.list_runs():
        assert math.isfinite(run.created)
        assert run.label
        if not run.damaged:
            history = History(runs.find(run.run)).update()
            assert len(history.steps) == len(history.losses) == len(history.accuracies)
            assert history.seconds_left is None or history.seconds_left >= 0
    assert runs.waiting() is not None
    datasets.jobs()
    datasets.infos()
    probes.find("range", runs.configure("digits", "lenet5"))


def test_lists_live_with_any_json_in_any_file(library):
    draw = random.Random(20261128)  # noqa: S311
    for case in range(400):
        path = draw.choice(library)
        before = path.read_bytes()
        spoil(path, draw)
        try:
            look_at_everything()
        except Exception as error:
            raise AssertionError(
                f"case {case}: {path.parent.name}/{path.name} holds {path.read_text()[:300]}"
            ) from error
        assert any(run.title == "sound" for run in runs.list_runs()) or "sound" in str(before)
        path.write_bytes(before)


@pytest.mark.parametrize("seed", range(6))
def test_pages_live_with_any_json_in_several_files(library, seed):
    draw = random.Random(seed)  # noqa: S311
    for path in draw.sample(library, 6):
        spoil(path, draw)
    for page in (pages.HOME, pages.RUNS, pages.TRAIN):
        open_page(page)  # asserts that there is no traceback
