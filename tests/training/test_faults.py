"""What happens to the loss or to the data set while a run learns: told in a sentence, nothing that was good is lost."""

import numpy as np
import pytest

from cnnapp import datasets, runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import checkpoints
from cnnapp.runs.attempts import requeue
from tests.kit.fine_tuning_sets import at_step, submit, train, write_digits
from tests.training.test_resume import assert_same

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
SETTINGS = {"epochs": 4, "batch_size": 64}


@pytest.fixture
def low(home) -> str:
    """A data set of the digits 0-4."""
    return write_digits("low", range(5), like="digits-8")


def test_a_loss_that_is_not_finite_ends_the_run_in_its_batch_keeps_the_best_and_can_be_resumed(low, monkeypatch):
    undisturbed, run = submit(low, "dense", **SETTINGS), submit(low, "dense", **SETTINGS)
    each = train(undisturbed).steps_per_epoch
    step = 2 * each + 3
    with monkeypatch.context() as patch:
        at_step(patch, step, lambda trainer: trainer.model.weights[-1].assign([np.nan] * 5))
        with pytest.raises(CnnAppError, match=rf"became nan at step {step} \(epoch 3\).*network of epoch [12] is kept"):
            train(run)
    history = runs.History(runs.find(run)).update()
    assert (history.step, len(history.epochs)) == (step - 1, 2)
    found = runs.find_model(run)
    assert (found.kind, found.card.test_accuracy) == ("keras", runs.get(run).test_accuracy)
    assert found.card.test_accuracy > 0.5
    kept = checkpoints.load(checkpoints.newest(runs.find(run).path).path)
    assert all(np.isfinite(array).all() for array in kept.values() if array.dtype.kind == "f")
    train(run)
    assert_same(undisturbed, run)


def test_a_data_set_that_is_deleted_while_a_run_learns_from_it_spoils_nothing(low, monkeypatch):
    undisturbed, run = submit(low, "dense", **SETTINGS), submit(low, "dense", **SETTINGS)
    each = train(undisturbed).steps_per_epoch
    with monkeypatch.context() as patch:
        at_step(patch, each + 2, lambda _trainer: datasets.delete(low))
        train(run)
    assert_same(undisturbed, run)
    requeue(run, epochs=5)
    with pytest.raises(CnnAppError, match="low"):
        train(run)
    write_digits("low", range(5), like="digits-8")  # the same again
    train(run)
    assert len(runs.History(runs.find(run)).update().epochs) == 5


def test_a_run_does_not_go_on_with_other_images_under_the_same_name(low):
    run = submit(low, "dense", **SETTINGS)
    train(run)
    before = runs.find_model(run).digest
    datasets.delete(low)
    write_digits("low", range(5), each=30, like="digits-8")
    requeue(run, epochs=5)
    with pytest.raises(CnnAppError, match=r"The data set low holds other images .* start a new run"):
        train(run)
    assert runs.find_model(run).digest == before
