"""What watchers of a run share: computed once for all, never older than it may be."""

import pyarrow as pa
import pytest

from cnnapp import runs
from cnnapp.figures.live_curves import STEP, TRAIN, VAL
from cnnapp.ui import pages
from cnnapp.ui.run import board as boards
from cnnapp.ui.run.board import Board
from tests.kit.app_pages import open_page
from tests.kit.written_runs import STEPS, write_epochs, write_run


def read_points(packed: bytes) -> pa.Table:
    return pa.ipc.open_stream(packed).read_all()


def test_two_watchers_get_the_same_charts_until_something_is_new(home):
    board = Board(write_run("running", epochs=2))
    board.history()
    first = board.curves(log=False, smoothing=0.6)
    assert board.curves(log=False, smoothing=0.6) is first
    assert board.curves(log=True, smoothing=0.6) is not first
    board.folder.emit("steps", step=2 * STEPS + 1, loss=[0.5], accuracy=[0.9], images_per_second=1.0)
    board.history()
    assert board.curves(log=False, smoothing=0.6) is not first


def test_the_points_that_are_sent_are_those_of_the_history(home):
    board = Board(write_run("running", epochs=3))
    board.history()
    points = read_points(board.curves(log=False, smoothing=0.0).loss["datasets"]["points"]).to_pandas()
    counts = points["series"].value_counts()
    assert (counts[STEP], counts[TRAIN], counts[VAL]) == (3 * STEPS, 3, 3)
    last = points[points["series"] == VAL].iloc[-1]
    assert (last["epoch"], round(float(last["value"]), 3)) == (3, round(2 / 3 + 0.1, 3))


def test_a_live_run_is_not_read_for_every_watcher_but_one_that_has_ended_is_up_to_date(home, monkeypatch):
    monkeypatch.setattr(boards, "FRESH_SECONDS", 60.0)
    board = Board(write_run("running"))
    assert board.history(live=True).step == 0
    write_epochs(board.folder, 1)
    assert board.history(live=True).step == 0
    assert board.history().step == STEPS


def test_every_tick_looks_for_the_first_points(home, monkeypatch):
    run = write_run("running")
    app = open_page(pages.TRAIN, run=run)
    monkeypatch.setattr(boards, "FRESH_SECONDS", 1e9)
    assert any("The loss appears with the first step" in caption.value for caption in app.caption)
    runs.find(run).emit("steps", step=1, loss=[0.5], accuracy=[0.9], images_per_second=1.0)
    app.run()
    assert any(caption.value.startswith("Loss 0\\.500 after 1 steps") for caption in app.caption)


def test_first_points_are_waited_for_and_then_given_time_to_be_drawn(home, monkeypatch):
    board = Board(write_run("running"))
    board.history()
    assert not board.has_points
    write_epochs(board.folder, 1)
    board.history()
    assert not board.has_points
    monkeypatch.setattr(boards, "DRAWN_SECONDS", 0.0)
    assert board.has_points


def test_a_process_that_has_gone_takes_nothing(home):
    board = Board(write_run("finished", epochs=1))
    assert board.usage() == ""
    assert runs.find(board.folder.name).status().worker is None


@pytest.mark.parametrize("state", ["starting", "running"])
def test_charts_can_be_drawn_before_the_first_step(home, state):
    board = Board(write_run(state))
    board.history()
    assert read_points(board.curves(log=False, smoothing=0.6).loss["datasets"]["points"]).num_rows == 0
