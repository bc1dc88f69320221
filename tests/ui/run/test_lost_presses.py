"""A press counts although what the page shows moves on while it is drawn."""

from collections.abc import Callable

import pytest

from cnnapp import runs
from cnnapp.runs import RunSummary
from cnnapp.ui import pages
from tests.kit.app_pages import open_page, press
from tests.kit.written_runs import write_run


@pytest.fixture(autouse=True)
def no_worker(home, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def patch(monkeypatch, change: Callable[[RunSummary], RunSummary]) -> None:
    """Let `runs.list_runs` tell of each run what `change` makes of it."""
    real = runs.list_runs
    monkeypatch.setattr(runs, "list_runs", lambda: [change(run) for run in real()])


def test_on_runs_while_another_run_trains(monkeypatch):
    write_run("running", epochs=2)
    waits = write_run("queued")
    app = open_page(pages.RUNS, run=waits)
    looks = iter(range(1000))
    patch(monkeypatch, lambda run: run._replace(epochs=next(looks)) if run.state == "running" else run)
    press(app, "Cancel")
    assert runs.get(waits).state == "stopped"


def test_on_train_at_the_moment_at_which_the_run_begins(monkeypatch):
    run = write_run("starting")
    app = open_page(pages.TRAIN, run=run)
    runs.find(run).transition("running", allowed={"starting"})
    asked, real = [], runs.get
    monkeypatch.setattr(runs, "get", lambda name: asked.append(name) or real(name))
    patch(monkeypatch, lambda run: run if asked else run._replace(state="starting"))  # the page has looked just before
    press(app, "Pause")
    assert runs.find(run).requested("pause")
    assert runs.get(run).state == "stopping"
