"""Real worker processes on real images."""

import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest

from cnnapp import files, images, jobs, runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs.identity import is_alive
from cnnapp.modelhost.client import host
from cnnapp.runs import checkpoints
from tests.kit import fine_tuning_sets as here
from tests.kit.trained_library import Trained
from tests.kit.waiting import PATIENCE, wait_for, wait_until

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
DRAWINGS = Path(__file__).parents[1] / "kit" / "drawn_digits"


def train(dataset: str, architecture: str, **changes) -> str:
    run = runs.enqueue(runs.configure(dataset, architecture, **changes))
    assert runs.schedule() == [run]
    return run


def test_the_first_run_of_a_newcomer_reads_at_least_97_percent_of_the_test_digits(trained: Trained):
    summary = runs.get(trained.run)
    assert summary.state == "finished"
    assert summary.epochs == summary.epochs_wanted == 30
    assert summary.test_accuracy >= 0.97


def test_at_least_18_of_20_drawn_digits_are_read_right(trained: Trained):
    ref = runs.find_model(trained.run)
    drawings = sorted(DRAWINGS.glob("*.png"))
    assert len(drawings) == 20
    seen = [images.prepare(path.read_bytes(), path.name, ref.card.preprocess).seen for path in drawings]
    answers = host().predict(ref, np.stack(seen)).argmax(axis=1)
    right = [ref.card.class_names[answer] == path.name[0] for path, answer in zip(drawings, answers, strict=True)]
    assert sum(right) >= 18, [path.name for path, good in zip(drawings, right, strict=True) if not good]


def test_the_saved_network_matches_its_card_and_gives_the_accuracy_it_claims(trained: Trained):
    from cnnapp import datasets

    ref, summary = runs.find_model(trained.run), runs.get(trained.run)
    assert ref.kind == "keras"
    assert ref.card.digest == files.digest_file(ref.path)
    assert ref.card.test_accuracy == summary.test_accuracy
    test = datasets.load("digits").test
    answers = host().predict(ref, np.asarray(test.images)).argmax(axis=1)
    assert np.mean(answers == test.labels) == pytest.approx(summary.test_accuracy)


def test_the_history_holds_every_step_and_every_epoch(trained: Trained):
    history = runs.History(runs.find(trained.run)).update()
    plan = history.plan
    assert (plan.train, plan.validation) == (1437, 160)
    assert list(history.steps) == list(range(1, plan.steps_per_epoch * plan.epochs + 1))
    assert [row.epoch for row in history.epochs] == list(range(1, 31))
    assert history.epochs[-1].loss < history.epochs[0].loss / 5
    assert max(row.val_accuracy for row in history.epochs) == runs.get(trained.run).val_accuracy


def test_only_the_newest_two_states_are_kept(trained: Trained):
    assert len(list((runs.find(trained.run).path / "checkpoints").iterdir())) <= 2


def test_x_or_o_is_learned_to_at_least_99_percent(home):
    run = here.submit("x_or_o", "lenet5")
    here.train(run)
    assert runs.get(run).test_accuracy >= 0.99


def test_two_classes_with_one_sigmoid_unit_and_augmentation(home):
    run = here.submit("x_or_o-64", "first_cnn", epochs=3)
    here.train(run)
    assert runs.get(run).test_accuracy >= 0.9
    assert runs.find(run).config.layers[-1].units == 1


def test_the_same_configuration_gives_the_same_curve(home):
    histories = []
    for _ in range(2):
        run = here.submit("digits", "lenet5", epochs=1, augmentation={"width_shift": 0.1, "zoom": 0.1})
        here.train(run)
        histories.append(list(runs.History(runs.find(run)).update().losses))
    assert histories[0] == histories[1]


def test_a_stopped_run_keeps_its_best_network(home):
    run = train("digits", "lenet5", epochs=10_000)
    wait_until(lambda: runs.get(run).epochs >= 3)
    runs.stop(run)
    summary = wait_for(run, "stopped")
    assert summary.test_accuracy > 0.5
    assert runs.find_model(run).card.epoch <= summary.epochs


def test_a_run_stopped_before_it_loads_tensorflow_ends_at_once(home):
    run = train("digits", "lenet5")
    runs.stop(run)
    wait_for(run, "stopped")


def test_a_killed_worker_reads_interrupted_at_once_and_its_checkpoint_can_be_used(home):
    run = train("digits", "lenet5", epochs=10_000)
    wait_until(lambda: runs.get(run).epochs >= 2)
    worker = runs.find(run).status().worker
    os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker))
    assert runs.get(run).state == "interrupted"
    assert runs.find_model(run).kind == "checkpoint"


def test_a_loss_that_is_not_finite_fails_with_the_step_and_a_rate_to_try(home):
    run = here.submit("digits", "lenet5", optimizer="sgd", learning_rate=10.0, weight_decay=1.0, epochs=3)
    with pytest.raises(CnnAppError, match=r"at step .*Try a learning rate of 1"):
        here.train(run)


def test_an_ending_run_starts_the_next_one_without_a_server(home):
    first = train("digits", "lenet5", epochs=1)
    second = runs.enqueue(runs.configure("digits", "lenet5", epochs=1))
    assert runs.schedule() == []
    wait_for(first, "finished")
    wait_for(second, "finished")


def test_early_stopping_ends_the_run_and_says_why(home):
    stopping = {"monitor": "val_loss", "patience": 1}
    run = here.submit("digits", "lenet5", epochs=500, early_stopping=stopping, learning_rate=0.01)
    here.train(run)
    assert runs.get(run).epochs < 500
    assert "val_loss has not improved" in runs.History(runs.find(run)).update().notices[0]


def test_a_deleted_run_is_gone_and_its_worker_with_it(home):
    run = train("digits", "lenet5", epochs=10_000)
    wait_for(run, "running")
    worker = runs.find(run).status().worker
    runs.delete(run, patience=PATIENCE)
    with pytest.raises(CnnAppError, match="There is no run"):
        runs.get(run)
    wait_until(lambda: not is_alive(worker))


def test_a_spare_worker_takes_a_run_and_ends_with_its_keeper(home):
    jobs.keep_spare(runs.WORKER)
    try:
        wait_until(_spares)  # a child has its own command line only once it has begun
        (waiting,) = _spares()
        run = train("digits", "lenet5", epochs=1)
        wait_for(run, "running", "finished")
        assert runs.find(run).status().worker is None or runs.find(run).status().worker.pid == waiting.pid
        wait_for(run, "finished")
        wait_until(lambda: not waiting.is_running() or waiting.status() == psutil.STATUS_ZOMBIE)
        jobs.reap()
        jobs.keep_spare(runs.WORKER)
        wait_until(_spares)
        (next_one,) = _spares()
        assert next_one.pid != waiting.pid
    finally:
        jobs.drop_spares()
    assert not next_one.is_running()
    assert _spares() == []


def test_what_a_spare_worker_has_compiled_before_changes_no_weight_and_no_name(home):
    jobs.keep_spare(runs.WORKER)
    try:
        warm = train("digits", "first_cnn", epochs=1)
        wait_for(warm, "finished")
    finally:
        jobs.drop_spares()
    cold = train("digits", "first_cnn", epochs=1)
    wait_for(cold, "finished")
    jobs.reap()
    one, other = (checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (warm, cold))
    assert list(one) == list(other)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def _spares() -> list[psutil.Process]:
    children = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if jobs.SPARE in child.cmdline()]
