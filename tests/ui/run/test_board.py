"""What watchers of a run share: computed once for all, never older than it may be."""

import pyarrow as pa
import pytest

from cnnapp import runs
from cnnapp.figures.live_curves import STEP, TRAIN, VAL
from cnnapp.ui.run import board as boards
from cnnapp.ui.run.board import Board
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


def test_who_looks_again_soon_reads_nothing_and_who_must_know_reads_the_newest(home):
    board = Board(write_run("running"))
    assert board.history(max_age=60.0).step == 0
    write_epochs(board.folder, 1)
    assert board.history(max_age=60.0).step == 0
    assert board.history().step == STEPS


def test_the_first_points_age_from_the_moment_when_somebody_has_read_them(home, monkeypatch):
    now = 100.0
    monkeypatch.setattr(boards.time, "monotonic", lambda: now)
    board = Board(write_run("running"))
    board.history()
    now += 5
    assert board.points_age == 0
    write_epochs(board.folder, 1)
    board.history()
    assert board.points_age == 0
    now += 5
    assert board.points_age == 5


def test_a_process_that_has_gone_takes_nothing(home):
    board = Board(write_run("finished", epochs=1))
    assert board.usage(1.0) == ""
    assert runs.find(board.folder.name).status().worker is None


@pytest.mark.parametrize("state", ["starting", "running"])
def test_charts_can_be_drawn_before_the_first_step(home, state):
    board = Board(write_run(state))
    board.history()
    assert read_points(board.curves(log=False, smoothing=0.6).loss["datasets"]["points"]).num_rows == 0
