"""An interrupted run goes on as if nothing had happened: same weights, same history, bit for bit."""

import os
import signal
import time

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import checkpoints
from tests.training.test_worker import train, wait_for

pytestmark = [pytest.mark.keras, pytest.mark.timeout(280)]
# Dropout, batch normalisation, a schedule and augmentation: everything that has a state of its own.
SETTINGS = {
    "epochs": 3,
    "batch_size": 128,
    "schedule": {"kind": "cosine"},
    "augmentation": {
        "horizontal_flip": True,
        "width_shift": 0.1,
        "rotation": 10.0,
        "brightness": 0.2,
        "contrast": 0.2,
        "cutout": 0.3,
        "mixup": 0.2,
    },
    "early_stopping": {"monitor": "val_loss", "patience": 50},
}


def outcome(run: str) -> tuple[list, list, dict[str, np.ndarray]]:
    history = runs.History(runs.find(run)).update()
    rows = [row._replace(seconds=0) for row in history.epochs]
    assert list(history.steps) == list(range(1, len(history.steps) + 1))
    signals = [row._replace(waiting=None) for row in history.signals]
    assert len(signals) == len(rows)
    return [*rows, *signals], list(history.losses), checkpoints.load(checkpoints.newest(runs.find(run).path).path)


def assert_same(first: str, second: str) -> None:
    one, other = outcome(first), outcome(second)
    assert one[0] == other[0]
    assert one[1] == other[1]
    assert one[2].keys() == other[2].keys()
    assert all(np.array_equal(one[2][name], other[2][name]) for name in one[2])


def wait_for_step(run: str, step: int, seconds: float = 90) -> None:
    history = runs.History(runs.find(run))
    deadline = time.monotonic() + seconds
    while history.update().step < step:
        assert time.monotonic() < deadline, runs.find(run).log_tail()
        time.sleep(0.01)


@pytest.fixture
def short_checkpoints(monkeypatch):
    """A checkpoint every second, so that a kill lands after one in the middle of an epoch."""
    monkeypatch.setenv("CNNAPP_CHECKPOINT_SECONDS", "1")


def test_paused_and_killed_runs_end_with_the_weights_and_history_of_an_undisturbed_one(home, short_checkpoints):
    undisturbed = train("digits", "cifar10_batchnorm", **SETTINGS)
    wait_for(undisturbed, "finished", "failed")

    disturbed = train("digits", "cifar10_batchnorm", **SETTINGS)
    wait_for_step(disturbed, 5)
    runs.pause(disturbed)
    summary = wait_for(disturbed, "paused", "finished", "failed")
    assert summary.state == "paused"
    assert 0 < runs.History(runs.find(disturbed)).update().step < 36
    runs.resume(disturbed)
    wait_for_step(disturbed, 20)
    os.kill(runs.find(disturbed).status().worker.pid, signal.SIGKILL)
    wait_for(disturbed, "interrupted", seconds=10)
    runs.resume(disturbed)
    wait_for(disturbed, "finished", "failed")
    assert_same(undisturbed, disturbed)


def test_a_plateaus_count_survives_a_pause(home):
    # Nothing beats an accuracy of the first epoch by far at this rate: most epochs lower it.
    schedule = {"kind": "plateau", "monitor": "val_accuracy", "patience": 1, "multiplier": 0.5, "min_rate": 0.0}
    settings = {"epochs": 8, "batch_size": 128, "learning_rate": 0.02, "schedule": schedule}
    undisturbed = train("digits", "dense", **settings)
    wait_for(undisturbed, "finished", "failed")
    rates = [row.learning_rate for row in runs.History(runs.find(undisturbed)).update().epochs]
    assert rates[0] == 0.02
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] <= 0.01

    shorter = train("digits", "dense", **{**settings, "epochs": 5})
    wait_for(shorter, "finished", "failed")
    runs.resume(shorter, epochs=8)
    wait_for(shorter, "finished", "failed")
    assert_same(undisturbed, shorter)


def test_a_finished_run_learns_for_more_epochs(home):
    run = train("digits", "lenet5", epochs=2)
    wait_for(run, "finished", "failed")
    with pytest.raises(CnnAppError, match="more than 2 epochs"):
        runs.resume(run)
    runs.resume(run, epochs=4)
    summary = wait_for(run, "finished", "failed")
    assert (summary.epochs, summary.epochs_wanted) == (4, 4)
    kept = runs.kept_epochs(run)
    assert (kept[0], kept[-1]) == (1, 4)
    assert runs.find_model(run, 4).epoch == 4
    longer = train("digits", "lenet5", epochs=4)
    wait_for(longer, "finished", "failed")
    assert_same(run, longer)


def test_a_learning_rate_changed_on_the_way_is_applied_and_noted(home):
    run = train("digits", "lenet5", epochs=10_000)
    wait_for_step(run, 30)
    runs.set_learning_rate(run, 0.0005)
    history = runs.History(runs.find(run))
    deadline = time.monotonic() + 60
    while [row.learning_rate for row in history.update().epochs][-1:] != [0.0005] and time.monotonic() < deadline:
        time.sleep(0.05)
    runs.stop(run)
    wait_for(run, "stopped")
    assert "Learning rate changed to 0.0005" in history.notices[0]
    assert runs.History(runs.find(run)).update().epochs[-1].learning_rate == 0.0005


def test_a_clone_has_the_settings_of_the_original_and_a_life_of_its_own(home):
    run = train("digits", "lenet5", epochs=1)
    copy = runs.clone(run)
    assert runs.find(copy).config == runs.find(run).config
    assert runs.get(copy).title == f"{runs.get(run).title} (again)"
    runs.stop(copy)
    wait_for(run, "finished", "failed")
    assert runs.get(copy).state == "stopped"
