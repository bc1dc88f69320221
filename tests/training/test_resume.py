"""An interrupted run goes on as if nothing had happened: same weights, same history, bit for bit.

Where it is no matter of processes, runs are trained in this one: it is the same code without an import of TensorFlow.
"""

import os
import signal

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import checkpoints, queue
from cnnapp.runs.attempts import requeue
from tests.kit import fine_tuning_sets as here
from tests.kit.queued_runs import CHILD
from tests.kit.waiting import wait_for, wait_for_step, wait_until
from tests.training.test_worker import train

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
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
    wait_for(disturbed, "interrupted")
    runs.resume(disturbed)
    wait_for(disturbed, "finished", "failed")
    assert_same(undisturbed, disturbed)


def test_a_plateaus_count_survives_a_pause(home):
    # Nothing beats an accuracy of the first epoch by far at this rate: most epochs lower it.
    schedule = {"kind": "plateau", "monitor": "val_accuracy", "patience": 1, "multiplier": 0.5, "min_rate": 0.0}
    settings = {"epochs": 8, "batch_size": 128, "learning_rate": 0.02, "schedule": schedule}
    undisturbed = here.submit("digits", "dense", **settings)
    here.train(undisturbed)
    rates = [row.learning_rate for row in runs.History(runs.find(undisturbed)).update().epochs]
    assert rates[0] == 0.02
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] <= 0.01

    shorter = here.submit("digits", "dense", **{**settings, "epochs": 5})
    here.train(shorter)
    requeue(shorter, epochs=8)
    here.train(shorter)
    assert_same(undisturbed, shorter)


def test_a_finished_run_learns_for_more_epochs(home):
    run = here.submit("digits", "lenet5", epochs=2)
    here.train(run)
    with pytest.raises(CnnAppError, match="more than 2 epochs"):
        runs.resume(run)
    requeue(run, epochs=4)
    here.train(run)
    summary = runs.get(run)
    assert (summary.epochs, summary.epochs_wanted) == (4, 4)
    kept = runs.kept_epochs(run)
    assert (kept[0], kept[-1]) == (1, 4)
    assert runs.find_model(run, 4).epoch == 4
    longer = here.submit("digits", "lenet5", epochs=4)
    here.train(longer)
    assert_same(run, longer)


def test_a_learning_rate_changed_on_the_way_is_applied_and_noted(home):
    run = train("digits", "lenet5", epochs=10_000)
    wait_for_step(run, 30)
    runs.set_learning_rate(run, 0.0005)
    history = runs.History(runs.find(run))
    wait_until(lambda: [row.learning_rate for row in history.update().epochs][-1:] == [0.0005])
    runs.stop(run)
    wait_for(run, "stopped")
    assert "Learning rate changed to 0.0005" in history.notices[0]
    assert runs.History(runs.find(run)).update().epochs[-1].learning_rate == 0.0005


def test_a_clone_has_the_settings_of_the_original_and_a_life_of_its_own(home, monkeypatch):
    monkeypatch.setattr(queue, "WORKER", CHILD)  # finishes at once
    run = train("digits", "lenet5", epochs=1)
    copy = runs.clone(run)
    assert runs.find(copy).config == runs.find(run).config
    assert runs.get(copy).title == f"{runs.get(run).title} (again)"
    runs.stop(copy)
    wait_for(run, "finished", "failed")
    assert runs.get(copy).state == "stopped"
