"""Several devices that share every batch learn what one learns: two logical CPUs stand in for two GPUs."""

import subprocess
import sys

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.runs import RunConfig, checkpoints

pytestmark = [pytest.mark.keras, pytest.mark.timeout(240)]
# 1437 training images: batches of 95 cannot be halved, and the last one of 12 is short. Clipping needs whole gradients.
SETTINGS = {
    "batch_size": 95,
    "optimizer": "sgd",
    "momentum": 0.9,
    "learning_rate": 0.02,
    "clip_norm": 1.0,
    "augmentation": {"mixup": 0.2},
}
# No dropout: its draws differ between devices. Normalised before the ReLU: Keras' synchronised variance, a difference
# of squares, is imprecise for channels that hardly vary.
LAYERS = [
    {"kind": "rescaling", "name": "rescaling"},
    {"kind": "conv2d", "name": "conv1", "filters": 8},
    {"kind": "batch_normalization", "name": "norm1"},
    {"kind": "activation", "name": "relu1", "activation": "relu"},
    {"kind": "flatten", "name": "flatten"},
    {"kind": "dense", "name": "answer", "units": 10, "activation": "softmax"},
]


def submit(epochs: int) -> str:
    config = runs.configure("digits-8", "dense", epochs=epochs, **SETTINGS)
    return runs.submit(RunConfig.model_validate({**config.model_dump(), "layers": LAYERS}))


def train(*pairs: tuple[str, int]) -> None:
    words = [word for run, devices in pairs for word in (str(runs.find(run).path), str(devices))]
    command = [sys.executable, "-m", "tests.mirrored_child", *words]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr[-3000:]


def test_two_devices_learn_what_one_learns_and_go_on_where_one_was(home):
    one, two, both = submit(2), submit(2), submit(1)
    train((one, 1), (two, 2), (both, 1))
    runs.find(both).transition("stopped", allowed={"queued"})
    runs.resume(both, epochs=2)
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
    kept = [checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (one, two)]
    assert kept[0].keys() == kept[1].keys()
    for name in kept[0]:  # the batch statistics among them
        np.testing.assert_allclose(kept[1][name], kept[0][name], rtol=1e-3, atol=1e-4, err_msg=name)
