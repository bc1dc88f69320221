"""The parts of training that need no TensorFlow."""

import numpy as np
import pytest

from cnnapp.recipes import EarlyStopping, Plateau
from cnnapp.training.class_weights import balanced_weights
from cnnapp.training.pace import MOST_STEPS, Pace, Rarely
from cnnapp.training.progress import EpochSums, Progress
from cnnapp.training.source import epoch_order


def test_the_best_epoch_has_the_highest_accuracy_and_among_equals_the_lowest_loss():
    progress = Progress()
    validations = [(0.8, 0.5), (0.9, 0.4), (0.9, 0.3), (0.9, 0.35), (0.85, 0.1)]
    best = []
    for accuracy, loss in validations:
        progress.epoch += 1
        progress.is_best(accuracy, loss)
        best.append(progress.best_epoch)
    assert best == [1, 2, 3, 3, 3]
    assert progress.best_accuracy == 0.9


def test_without_validation_the_newest_epoch_is_the_best():
    progress = Progress(epoch=4)
    assert progress.is_best(None, None)
    assert progress.best_epoch == 4


def test_early_stopping_waits_for_its_patience_and_starts_again_after_an_improvement():
    progress, rule = Progress(), EarlyStopping(monitor="val_loss", patience=2)
    losses = [1.0, 1.1, 0.9, 0.95, 0.92]
    assert [progress.should_stop(rule, {"val_loss": loss}) for loss in losses] == [False, False, False, False, True]


def test_early_stopping_takes_a_higher_accuracy_for_better():
    progress, rule = Progress(), EarlyStopping(monitor="val_accuracy", patience=1)
    assert [progress.should_stop(rule, {"val_accuracy": value}) for value in (0.5, 0.6, 0.6)] == [False, False, True]


def test_a_plateau_is_counted_after_each_patience_and_not_in_an_epoch_that_improves():
    progress, rule = Progress(), Plateau(monitor="val_loss", patience=2)
    losses = [1.0, 1.1, 1.2, 1.3, 0.9, 0.9, 0.9, 0.9]
    found = [progress.is_on_plateau(rule, {"val_loss": loss}) for loss in losses]
    assert found == [False, False, True, False, False, False, True, False]
    assert progress.reductions == 2
    assert (progress.waited, progress.watched) == (0, None)  # those are early stopping's


def test_a_state_of_a_version_without_plateaus_is_read():
    old = {name: value for name, value in Progress(epoch=2).to_json().items() if "plateau" not in name}
    del old["reductions"]
    assert Progress.from_json(old) == Progress(epoch=2)


def test_progress_comes_back_exactly_from_json():
    sums = EpochSums(images=3, loss=0.1 + 0.2, correct=1)
    progress = Progress(epoch=2, step=9, sums=sums, best_score=(0.5, -1 / 3), best_accuracy=0.5, waited=1)
    assert Progress.from_json(progress.to_json()) == progress


def test_the_order_of_an_epoch_is_a_permutation_that_depends_on_seed_and_epoch_alone():
    first = epoch_order(100, seed=1, epoch=0)
    assert np.array_equal(np.sort(first), np.arange(100))
    assert np.array_equal(first, epoch_order(100, seed=1, epoch=0))
    assert not np.array_equal(first, epoch_order(100, seed=1, epoch=1))
    assert not np.array_equal(first, epoch_order(100, seed=2, epoch=0))


def test_dispatches_grow_to_a_quarter_second_and_no_further_than_the_epoch():
    pace = Pace()
    assert pace.steps(100) == 1
    pace.took(1, 64, 3.0)  # tracing: says nothing
    assert pace.steps(100) == 1
    assert pace.images_per_second == 0
    pace.took(1, 64, 0.01)
    assert pace.images_per_second == 6400
    assert pace.steps(100) == 25
    assert pace.steps(7) == 7
    pace.took(1, 64, 1e-9)
    assert pace.steps(10_000) == MOST_STEPS


def test_costly_saving_is_due_only_after_fifty_times_its_cost(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("cnnapp.training.pace.time.monotonic", lambda: now[0])
    rarely = Rarely(10)
    now[0] = 9
    assert not rarely.due
    now[0] = 10
    assert rarely.due
    rarely.done(cost=2)
    now[0] = 109
    assert not rarely.due
    now[0] = 110
    assert rarely.due


@pytest.mark.workers
def test_balanced_weights_are_scikit_learns_and_a_class_without_images_gets_none():
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.array([0] * 6 + [1] * 3 + [3], np.int32)
    weights = balanced_weights(labels, 4)
    present = compute_class_weight("balanced", classes=np.array([0, 1, 3]), y=labels)
    np.testing.assert_allclose(weights, [present[0], present[1], 0, present[2]], rtol=1e-6)
    assert weights[labels].mean() == np.float32(1)
