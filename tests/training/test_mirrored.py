"""Several devices that share every batch learn what one learns: two logical CPUs stand in for two GPUs."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cnnapp import datasets, runs
from cnnapp.runs import RunConfig, checkpoints, starting
from cnnapp.runs.attempts import requeue
from cnnapp.settings import settings
from tests.kit.fine_tuning_sets import write_digits
from tests.kit.mirrored_child import ANSWER
from tests.kit.mirrored_layers import DROPPED, draw
from tests.kit.trained_library import use

pytestmark = pytest.mark.keras
# 1437 training images: batches of 95 cannot be halved, and the last one of 12 is short. Clipping needs whole gradients.
SETTINGS = {
    "batch_size": 95,
    "optimizer": "sgd",
    "momentum": 0.9,
    "learning_rate": 0.02,
    "clip_norm": 1.0,
    "augmentation": {"mixup": 0.2},
}
# No dropout: its draws differ between devices. Normalised after the ReLU: there are channels that hardly vary.
LAYERS = [
    {"kind": "rescaling", "name": "rescaling"},
    {"kind": "conv2d", "name": "conv1", "filters": 8, "activation": "relu"},
    {"kind": "batch_normalization", "name": "norm1"},
    {"kind": "flatten", "name": "flatten"},
    {"kind": "dense", "name": "answer", "units": 10, "activation": "softmax"},
]
DROPPING = [*LAYERS[:-1], {"kind": "dropout", "name": "dropout", "rate": 0.4}, LAYERS[-1]]


def submit(epochs: int, *, layers: list | None = None, dataset: str = "digits-8", **changes) -> str:
    tuning = changes.pop("fine_tuning", None)
    config = runs.configure(dataset, "dense", epochs=epochs, **{**SETTINGS, **changes}).model_dump()
    config |= {"layers": layers or LAYERS}
    config["recipe"]["fine_tuning"] = tuning
    return runs.enqueue(starting.resolve_start(RunConfig.model_validate(config)))


Order = list[tuple[str, int]] | str


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Order], Any]]:
    """Carries out an order on two logical CPUs, in a library of these tests' own.

    Each order has a process of its own, as runs have: in one process the second run's collective operations could take
    the first one's for theirs (TensorFlow numbers them anew for each strategy).
    """
    with pytest.MonkeyPatch.context() as patch:
        use(tmp_path_factory.mktemp("home"), patch)

        def ask(order: Order) -> Any:
            command = [sys.executable, "-m", "tests.kit.mirrored_child"]
            child = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False)
            told = next((line for line in child.stdout.splitlines() if line.startswith(ANSWER)), None)
            assert told, child.stderr[-3000:]
            return json.loads(told.removeprefix(ANSWER))

        yield ask
    settings.cache_clear()


@pytest.fixture
def train(ask: Callable[[Order], Any]) -> Callable[..., None]:
    """Train runs one after the other, each of the pairs (run, how many devices)."""

    def train(*pairs: tuple[str, int]) -> None:
        ask([(str(runs.find(run).path), devices) for run, devices in pairs])

    return train


def test_two_devices_learn_what_one_learns_and_go_on_where_one_was(train):
    one, two, both = submit(2), submit(2), submit(1)
    train((one, 1), (two, 2), (both, 1))
    runs.find(both).transition("stopped", allowed={"queued"})
    requeue(both, epochs=2)
    train((both, 2))

    alone = runs.History(runs.find(one)).update()
    assert len(alone.losses) == 32
    assert alone.losses[-1] < alone.losses[0] / 2
    for run in (two, both):
        history = runs.History(runs.find(run)).update()
        assert len(history.losses) == 32  # no batch was dropped
        np.testing.assert_allclose(history.losses, alone.losses, rtol=1e-4)
        assert list(history.accuracies) == pytest.approx(list(alone.accuracies), abs=0.02)
        assert runs.find_model(run).card.test_accuracy == pytest.approx(runs.get(one).test_accuracy, abs=0.01)
    assert_alike(one, two)


def assert_alike(one: str, other: str) -> None:
    kept = [checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (one, other)]
    assert kept[0].keys() == kept[1].keys()
    for name in kept[0]:  # the batch statistics among them
        np.testing.assert_allclose(kept[1][name], kept[0][name], rtol=1e-3, atol=1e-4, err_msg=name)


def test_class_weights_and_both_phases_of_fine_tuning_are_those_of_one_device(train):
    # Ten times as many images of a 0 as of the others: weights far from 1.
    labels = np.asarray(datasets.ensure("digits-8").train.labels)
    chosen = np.flatnonzero((labels == 0) | (np.arange(len(labels)) % 10 == 0))
    rare = write_digits("rare", range(10), chosen=chosen, like="digits-8")
    base = submit(1)
    train((base, 1))
    tuning = {"run": base, "head_epochs": 1, "from_layer": "norm1", "learning_rate": 0.01}
    tuned = {"dataset": rare, "class_weights": "balanced", "fine_tuning": tuning}
    one, two = submit(2, **tuned), submit(2, **tuned)
    train((one, 1), (two, 2))
    alone, mirrored = (runs.History(runs.find(run)).update().losses for run in (one, two))
    np.testing.assert_allclose(mirrored, alone, rtol=1e-4)
    assert_alike(one, two)
    before, after = (checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (base, two))
    assert np.array_equal(after["model/network/conv1/kernel"], before["best/network/conv1/kernel"])
    assert not np.array_equal(after["model/network/norm1/gamma"], before["best/network/norm1/gamma"])


def test_a_mirrored_run_with_dropout_goes_on_exactly(train):
    undisturbed, shorter = submit(2, layers=DROPPING), submit(1, layers=DROPPING)
    train((undisturbed, 2), (shorter, 2))
    runs.find(shorter).transition("stopped", allowed={"queued"})
    requeue(shorter, epochs=2)
    train((shorter, 2))
    assert runs.History(runs.find(shorter)).update().losses == runs.History(runs.find(undisturbed)).update().losses
    kept = [checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (undisturbed, shorter)]
    assert all(np.array_equal(kept[0][name], kept[1][name]) for name in kept[0])


def test_each_device_normalises_by_the_whole_batch_and_drops_units_of_its_own(ask):
    found = {name: np.array(values) for name, values in ask("layers").items()}

    x, axes = draw().astype(np.float64), (0, 1, 2)
    mean, variance = x.mean(axes), x.var(axes)
    np.testing.assert_allclose(found["mean"], mean, rtol=1e-5)
    np.testing.assert_allclose(found["variance"], variance, rtol=1e-3, atol=1e-12)
    spread = np.sqrt(variance + 1e-3)
    y = (x - mean) / spread
    np.testing.assert_allclose(found["outputs"], y, atol=2e-4)
    slope = 3 * y**2  # of the sum of cubes
    expected = (slope - slope.mean(axes) - y * (slope * y).mean(axes)) / spread
    np.testing.assert_allclose(found["gradients"], expected, rtol=1e-2, atol=2e-3)

    dropped = found["draws"] == 0  # (call, device, image, unit)
    assert dropped.mean((2, 3)) == pytest.approx(DROPPED, abs=0.06)
    draws = dropped.reshape(4, -1)
    for one in range(4):
        for other in range(one):  # independent: both drop a unit as often as chance has it
            assert (draws[one] & draws[other]).mean() == pytest.approx(DROPPED**2, abs=0.03)
    assert np.array_equal(found["seeds"][0], found["seeds"][1])
