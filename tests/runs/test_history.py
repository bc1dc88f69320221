import threading
from pathlib import Path

import numpy as np
import pytest

from cnnapp.jobs import JobFolder
from cnnapp.runs import History, Plan

PLAN = Plan("CPU", train=100, validation=10, epochs=2, steps_per_epoch=4, batch_size=25, from_step=0)


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path)


def plan(folder: JobFolder, from_step: int = 0) -> None:
    folder.emit("plan", **PLAN._replace(from_step=from_step)._asdict())


def steps(folder: JobFolder, first: int, *losses: float) -> None:
    folder.emit("steps", step=first, loss=losses, accuracy=[0.5 for _ in losses], images_per_second=50.0)


def epoch(folder: JobFolder, number: int, step: int) -> None:
    values = {"loss": 1.0, "accuracy": 0.5, "val_loss": None, "val_accuracy": None}
    folder.emit("epoch", epoch=number, step=step, **values, learning_rate=0.1, seconds=1.5)


def test_a_run_without_events_has_an_empty_history(folder):
    history = History(folder).update()
    assert (history.plan, history.step, history.seconds_left, history.version) == (None, 0, None, 0)
    assert list(history.steps) == list(history.losses) == history.epochs == []


def test_events_become_series(folder):
    plan(folder)
    steps(folder, 1, 2.0, 1.5)
    steps(folder, 3, 1.25)
    epoch(folder, 1, 4)
    folder.emit("notice", message="Early stopping.")
    folder.emit("result", epoch=1, test_accuracy=0.9)
    history = History(folder).update()
    assert history.plan == PLAN
    assert list(history.steps) == [1, 2, 3]
    assert list(history.losses) == [2.0, 1.5, 1.25]
    assert list(history.accuracies) == [0.5, 0.5, 0.5]
    assert [(row.epoch, row.step, row.val_loss, row.seconds) for row in history.epochs] == [(1, 4, None, 1.5)]
    assert history.notices == ["Early stopping."]
    assert history.result["test_accuracy"] == 0.9
    assert history.seconds_left == 5 * 25 / 50


def test_steps_before_a_smaller_batch_count_as_so_many_of_its_steps(folder):
    plan(folder)
    steps(folder, 1, 2.0, 1.9, 1.8, 1.7)
    epoch(folder, 1, 4)
    steps(folder, 5, 1.6, 1.5, 1.4)  # the checkpoint was after step 6; memory ran out in step 8
    smaller = PLAN._replace(batch_size=12, steps_per_epoch=9, from_step=9 + 2 * 25 // 12)
    folder.emit("plan", **smaller._asdict())
    history = History(folder).update()
    assert list(history.steps) == [2, 4, 6, 9, 11, 13]
    assert list(history.losses) == [2.0, 1.9, 1.8, 1.7, 1.6, 1.5]
    assert [row.step for row in history.epochs] == [9]
    steps(folder, 14, 1.3)
    assert history.update().step == 14


def test_an_update_reads_only_what_is_new(folder):
    plan(folder)
    steps(folder, 1, 2.0)
    history = History(folder).update()
    version = history.version
    assert history.update().version == version
    steps(folder, 2, 1.0)
    assert history.update().version == version + 1
    assert list(history.losses) == [2.0, 1.0]


def test_an_unfinished_last_line_waits_for_its_end(folder):
    plan(folder)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write('{"kind":"steps","step":1,"loss":[3.0],"accu')
        file.flush()
        history = History(folder).update()
        assert history.step == 0
        file.write('racy":[0.1],"images_per_second":1.0}\n')
    assert list(history.update().losses) == [3.0]


@pytest.mark.parametrize(
    "line", ["{", "7", "[]", "{}", '{"kind":"steps","step":2}', '{"kind":"plan"}', '{"kind":"epoch"}']
)
def test_lines_that_say_nothing_are_passed_over(folder, line):
    plan(folder)
    steps(folder, 1, 2.0)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write(f"{line}\n")
    steps(folder, 2, 1.0)
    history = History(folder).update()
    assert (history.plan, list(history.steps), list(history.losses)) == (PLAN, [1, 2], [2.0, 1.0])


def test_a_resumed_attempt_replaces_what_it_does_again(folder):
    plan(folder)
    steps(folder, 1, 2.0, 1.9, 1.8, 1.7)
    epoch(folder, 1, 4)
    steps(folder, 5, 1.6, 1.5)
    plan(folder, from_step=4)
    history = History(folder).update()
    assert list(history.steps) == [1, 2, 3, 4]
    assert len(history.epochs) == 1
    steps(folder, 5, 9.0)
    assert list(history.update().losses) == [2.0, 1.9, 1.8, 1.7, 9.0]


def test_an_attempt_that_starts_over_forgets_everything(folder):
    plan(folder)
    steps(folder, 1, 2.0, 1.9, 1.8, 1.7)
    epoch(folder, 1, 4)
    plan(folder)
    history = History(folder).update()
    assert list(history.steps) == list(history.accuracies) == history.epochs == []


def test_a_view_of_the_old_series_does_not_hinder_the_next_update(folder):
    plan(folder)
    steps(folder, 1, 2.0)
    history = History(folder).update()
    view = np.frombuffer(history.losses)
    steps(folder, 2, 1.0)
    assert history.update().step == 2
    assert view.tolist() == [2.0]


def test_viewers_that_share_a_history_count_no_event_twice(folder):
    plan(folder)
    for step in range(1, 301):
        steps(folder, step, float(step))
    history = History(folder)
    threads = [threading.Thread(target=history.update) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(history.steps) == list(range(1, 301))


# What tells a healthy run from a sick one

SIGNALS = {
    "class_accuracy": [0.5, None],
    "answered": [0.75, 0.25],
    "dead_units": {"conv1": 0.25},
    "first_gradient": 0.01,
    "last_gradient": None,
    "waiting": 0.02,
}


def watched_steps(folder: JobFolder, first: int, count: int, norm: float | None) -> None:
    values = {"loss": [1.0] * count, "accuracy": [0.5] * count, "images_per_second": 50.0}
    folder.emit("steps", step=first, **values, gradient_norm=norm, learning_rate=0.1)


def watched_epoch(folder: JobFolder, number: int, step: int) -> None:
    values = {"loss": 1.0, "accuracy": 0.5, "val_loss": None, "val_accuracy": None, "learning_rate": 0.1, "seconds": 1}
    folder.emit("epoch", epoch=number, step=step, **values, signals=SIGNALS)


def test_signals_are_read_beside_the_curves_and_forgotten_with_them(folder):
    plan(folder)
    watched_steps(folder, 1, 3, 2.5)
    watched_steps(folder, 4, 1, None)
    watched_epoch(folder, 1, 4)
    watched_steps(folder, 5, 4, 9.0)
    watched_epoch(folder, 2, 8)
    folder.emit("not_finite", what="loss", step=9, epoch=3)
    history = History(folder).update()
    assert history.dispatches == [(3, 2.5, 0.1), (4, None, 0.1), (8, 9.0, 0.1)]
    assert [(row.epoch, row.class_accuracy, row.dead_units) for row in history.signals] == [
        (1, [0.5, None], {"conv1": 0.25}),
        (2, [0.5, None], {"conv1": 0.25}),
    ]
    assert history.not_finite == ("loss", 9, 3)
    plan(folder, from_step=4)
    history.update()
    assert [row.step for row in history.dispatches] == [3, 4]
    assert [row.epoch for row in history.signals] == [1]
    assert history.not_finite is None


def test_a_run_of_an_older_version_has_curves_and_no_signals(folder):
    plan(folder)
    steps(folder, 1, 2.0, 1.5)
    epoch(folder, 1, 4)
    history = History(folder).update()
    assert (len(history.epochs), history.signals, history.dispatches) == (1, [], [])


def test_signals_of_another_version_cost_no_epoch(folder):
    plan(folder)
    values = {"loss": 1.0, "accuracy": 0.5, "val_loss": None, "val_accuracy": None, "learning_rate": 0.1, "seconds": 1}
    folder.emit("epoch", epoch=1, step=4, **values, signals={"unheard_of": 1})
    history = History(folder).update()
    assert (len(history.epochs), history.signals) == (1, [])


def test_a_first_step_that_fails_leaves_an_empty_dispatch(folder):
    plan(folder)
    watched_steps(folder, 1, 0, None)
    folder.emit("not_finite", what="loss", step=1, epoch=1)
    history = History(folder).update()
    assert (history.step, history.dispatches, history.not_finite.step) == (0, [], 1)
