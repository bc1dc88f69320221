"""What fine-tuning is good for, and that the exported script does the same."""

import ast
import os
import subprocess
import sys

import numpy as np
import pytest

from cnnapp import architectures, runs
from cnnapp.recipes import Cosine, EarlyStopping, FineTuning, Recipe
from tests.kit.fine_tuning_sets import submit, train, write_digits

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
EACH, EPOCHS = 8, 20  # images of each class, and how often they are seen
FLOOR = 0.05  # of test accuracy, where 0.10 was measured: 81.8 % from random weights, 91.9 % fine-tuned


def test_eight_images_of_each_digit_are_enough_for_more_after_other_digits_than_from_random_weights(home):
    write_digits("low", range(5))
    write_digits("high", range(5, 10), each=EACH)
    base = submit("low", "lenet5", epochs=8, batch_size=32)
    train(base)
    few = {"epochs": EPOCHS, "batch_size": 8, "validation_share": 0.0}
    gained = []
    for seed in range(2):
        fresh = submit("high", "lenet5", seed=seed, **few)
        tuned = submit("high", "lenet5", seed=seed, **few, fine_tuning={"run": base})
        train(fresh)
        train(tuned)
        gained.append(runs.get(tuned).test_accuracy - runs.get(fresh).test_accuracy)
    assert np.mean(gained) > FLOOR
    assert runs.find(tuned).recipe.fine_tuning.taken == ("conv1", "conv2")


def test_the_script_takes_over_freezes_and_trains_in_the_same_phases(tmp_path):
    import keras

    network, shape = architectures.get("cifar10_batchnorm"), (8, 8, 1)
    before, layers = network.layers(shape, 4), network.layers(shape, 3)
    taken = architectures.find_fitting(before, shape, layers, shape, same_classes=False)
    tuning = FineTuning(run="x", taken=taken, head_epochs=2, from_layer="block3_conv1", learning_rate=1e-3)
    recipe = Recipe(
        epochs=4,
        batch_size=8,
        validation_share=0.0,
        schedule=Cosine(),
        class_weights="balanced",
        early_stopping=EarlyStopping(monitor="loss", patience=9),
        fine_tuning=tuning,
    )
    text = architectures.script(layers, shape, recipe)
    ast.parse(text)
    (tmp_path / "script.py").write_text(text, encoding="utf-8")
    start = architectures.build(before, shape, seed=3)
    start.save(tmp_path / "start.keras")
    random = np.random.default_rng(0)
    pixels, labels = random.integers(0, 256, (40, *shape), np.uint8), random.integers(0, 3, 40)
    np.savez(tmp_path / "data.npz", x_train=pixels, y_train=labels, x_test=pixels, y_test=labels)
    child = subprocess.run(
        [sys.executable, "script.py", "data.npz", "start.keras"],
        cwd=tmp_path,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert "test accuracy: " in child.stdout
    assert [line for line in child.stdout.splitlines() if line.startswith("Epoch ")] == [
        f"Epoch {epoch}/{last}" for epoch, last in ((1, 2), (2, 2), (3, 4), (4, 4))
    ]
    left = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    for name in taken:
        pairs = zip(left.get_layer(name).get_weights(), start.get_layer(name).get_weights(), strict=True)
        same = all(np.array_equal(one, other) for one, other in pairs)
        assert same == (name < "block3"), name
