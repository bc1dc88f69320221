"""A press counts although what the page shows moves on while it is drawn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.runs import RunSummary
from cnnapp.ui import pages
from tests.written_runs import write_run

NAVIGATION = Path(__file__).parents[1] / "pages" / "navigation.py"


@pytest.fixture
def open_page(home, monkeypatch):
    monkeypatch.setattr(runs, "schedule", list)  # no worker

    def opened(page: str, run: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION, default_timeout=30)
        app.query_params["run"] = run
        app.run()
        app.switch_page(page).run()
        assert not app.exception
        return app

    return opened


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def patch(monkeypatch, change: Callable[[RunSummary], RunSummary]) -> None:
    """Let `runs.list_runs` tell of each run what `change` makes of it."""
    real = runs.list_runs
    monkeypatch.setattr(runs, "list_runs", lambda: [change(run) for run in real()])


def test_on_runs_while_another_run_trains(open_page, monkeypatch):
    write_run("running", epochs=2)
    waits = write_run("queued")
    app = open_page(pages.RUNS, waits)
    looks = iter(range(1000))
    patch(monkeypatch, lambda run: run._replace(epochs=next(looks)) if run.state == "running" else run)
    press(app, "Cancel")
    assert runs.get(waits).state == "stopped"


def test_on_train_at_the_moment_at_which_the_run_begins(open_page, monkeypatch):
    run = write_run("starting")
    app = open_page(pages.TRAIN, run)
    runs.find(run).transition("running", allowed={"starting"})
    asked, real = [], runs.get
    monkeypatch.setattr(runs, "get", lambda name: asked.append(name) or real(name))
    patch(monkeypatch, lambda run: run if asked else run._replace(state="starting"))  # the page has looked just before
    press(app, "Pause")
    assert runs.find(run).requested("pause")
    assert runs.get(run).state == "stopping"
