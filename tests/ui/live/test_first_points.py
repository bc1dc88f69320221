"""Somebody has pressed Start and waits for the first points: what the page does until then, and what it leaves."""

import threading
import time

import pytest

from cnnapp import runs
from cnnapp.runs import History, RunFolder
from cnnapp.ui import pages
from cnnapp.ui.live import panel
from cnnapp.ui.live.rhythm import TICK_SECONDS, WAITING_TICK_SECONDS, stretch
from cnnapp.ui.live.standing import Standing, needs_page
from cnnapp.ui.run.board import Board
from tests.kit.app_pages import open_page, press, words
from tests.kit.written_runs import write_epochs, write_run
from tests.ui.live.test_page import charts


def standing(folder: RunFolder, *, waiting: bool) -> Standing:
    return Standing.of(runs.get(folder.name), History(folder).update(), [], waiting=waiting, people=1)


def test_where_the_curves_will_appear_is_shown_before_there_is_a_run(home):
    app = open_page(pages.TRAIN)
    assert charts(app) == 2
    assert "The loss appears with the first step." in words(app)
    assert not app.exception


def test_start_shows_the_run_without_running_the_page_twice(home, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)  # it stays queued
    app = open_page(pages.TRAIN)
    looked = []
    monkeypatch.setattr(panel, "board_of", lambda run, real=panel.board_of: looked.append(run) or real(run))
    press(app, "Start")
    (run,) = runs.list_runs()
    assert app.query_params["run"] == run.run
    assert looked == [run.run] * 2  # by the page and by the panel in it


def test_a_worker_that_gets_ready_does_not_have_the_page_run_before_the_points(home):
    folder = runs.find(write_run("starting"))
    awaited, told = standing(folder, waiting=True), standing(folder, waiting=False)
    folder.transition("running", allowed={"starting"}, worker=folder.status().worker)
    folder.summarise(device="CPU, 2 cores")
    assert not needs_page(awaited, standing(folder, waiting=True))
    assert needs_page(told, standing(folder, waiting=False))


def test_a_run_that_fails_before_its_first_point_is_told_at_once(home):
    folder = runs.find(write_run("starting"))
    awaited = standing(folder, waiting=True)
    folder.transition("failed", allowed={"starting"}, message="The disk is full.")
    assert needs_page(awaited, standing(folder, waiting=True))


def test_the_page_runs_when_the_first_points_have_been_drawn(home):
    folder = runs.find(write_run("running"))
    awaited = standing(folder, waiting=True)
    assert not needs_page(awaited, awaited)
    assert needs_page(awaited, standing(folder, waiting=False))


@pytest.mark.parametrize(("waiting", "people", "needed"), [(False, 25, False), (False, 60, True), (True, 60, False)])
def test_the_page_runs_for_many_people_who_have_come_unless_points_are_awaited(home, waiting, people, needed):
    alone = standing(runs.find(write_run("running")), waiting=waiting)
    assert needs_page(alone, alone._replace(pace=stretch(TICK_SECONDS, people))) == needed


def test_every_tick_that_waits_looks_for_itself(home):
    run = write_run("running")
    app = open_page(pages.TRAIN, run=run)
    assert "The loss appears with the first step" in words(app)
    runs.find(run).emit("steps", step=1, loss=[0.5], accuracy=[0.9], images_per_second=1.0)
    app.run()
    assert "Loss 0\\.500 after 1 steps" in words(app)


class _AgainError(Exception):
    """Stands for the one that Streamlit raises to begin anew."""


@pytest.fixture
def begun_anew(monkeypatch) -> list[str]:
    """What was asked to begin anew."""
    asked: list[str] = []

    def rerun(scope: str) -> None:
        asked.append(scope)
        raise _AgainError

    monkeypatch.setattr(panel.st, "rerun", rerun)
    return asked


def test_points_are_drawn_when_they_come_not_at_the_next_tick(home, begun_anew):
    folder = runs.find(write_run("running"))
    worker = threading.Timer(0.1, write_epochs, (folder, 1))
    worker.start()
    with pytest.raises(_AgainError):
        panel._await_points(Board(folder.name))
    worker.join()
    assert begun_anew == ["fragment"]


def test_nobody_waits_longer_than_until_the_next_tick(home, begun_anew):
    began = time.monotonic()
    panel._await_points(Board(write_run("running")))
    assert time.monotonic() - began >= panel.AWAITED_SECONDS
    assert not begun_anew
    assert panel.AWAITED_SECONDS < WAITING_TICK_SECONDS
