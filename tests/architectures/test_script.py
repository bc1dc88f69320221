import ast
import os
import subprocess
import sys

import numpy as np
import pytest

from cnnapp import architectures
from cnnapp.recipes import Augmentation, Constant, Cosine, Exponential, OneCycle, Plateau, Recipe, Steps

every_row = pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
EVERYTHING = Recipe(
    optimizer="sgd",
    momentum=0.9,
    nesterov=True,
    weight_decay=1e-4,
    clip_norm=1.0,
    label_smoothing=0.1,
    class_weights="balanced",
    deterministic=True,
    schedule=OneCycle(),
    batch_size=8,
    epochs=2,
    augmentation=Augmentation(
        vertical_flip=True,
        rotation=10,
        height_shift=0.1,
        zoom=0.1,
        shear=0.1,
        brightness=0.2,
        contrast=0.2,
        cutout=0.4,
        mixup=0.2,
    ),
)


def write(network, image_shape=(32, 32, 3), classes=3, **changes):
    layers = network.layers(image_shape, classes)
    recipe = network.recipe.model_copy(update=changes)
    return architectures.script(layers, image_shape, recipe, title=network.title)


@every_row
def test_every_row_has_a_script_with_each_layer_once(network):
    text = write(network)
    ast.parse(text)
    for layer in network.layers((32, 32, 3), 3):
        assert text.count(f'name="{layer.name}"') == 1
    assert max(map(len, text.splitlines())) <= 120


def test_a_hostile_title_stays_inside_its_docstring():
    network = architectures.get("dense")
    layers = network.layers((8, 8, 1), 2)
    text = architectures.script(layers, (8, 8, 1), network.recipe, title='x"""\nimport os\\')
    assert "import os" in ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("schedule", [Steps(after_epochs=(2, 4)), Exponential(), Cosine(), OneCycle()])
def test_the_script_follows_the_recipes_schedule(schedule):
    text = write(architectures.get("dense"), schedule=schedule, epochs=6, batch_size=10)
    lines = text.splitlines()
    start = lines.index("STEPS_PER_EPOCH = -(-len(x_train) // 10)")
    scope = {"np": np, "x_train": range(45)}
    exec("\n".join(lines[start : lines.index("class FollowSchedule(keras.callbacks.Callback):")]), scope)  # noqa: S102
    factors = [scope["factor"](step) for step in range(30)]
    assert factors == pytest.approx([schedule.factor(step, 30, 5) for step in range(30)])


def test_a_plateau_is_keras_own_callback():
    text = write(architectures.get("dense"), schedule=Plateau(patience=4, multiplier=0.25))
    assert 'monitor="val_loss", patience=4, min_delta=0, factor=0.25, min_lr=1e-06' in text
    assert "FollowSchedule" not in text
    ast.parse(text)


def test_a_constant_rate_needs_no_callback():
    assert "FollowSchedule" not in write(architectures.get("dense"), schedule=Constant())


@pytest.mark.parametrize(
    ("rules", "used"),
    [
        ({"horizontal_flip": True}, {"change_geometry"}),
        ({"brightness": 0.2}, {"change_brightness"}),
        ({"contrast": 0.2}, {"change_contrast"}),
        ({"cutout": 0.2}, {"cut_out"}),
        ({"mixup": 0.2}, {"mix"}),
        ({"shear": 0.1, "mixup": 0.2}, {"change_geometry", "mix"}),
    ],
)
def test_the_script_changes_images_only_as_asked_for(rules, used):
    text = write(architectures.get("dense"), augmentation=Augmentation(**rules))
    change = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "change")
    assert {node.func.id for node in ast.walk(change) if isinstance(node, ast.Call)} == used
    assert [
        name for name in ("change_geometry", "def cut_out", "def mix") if name in text and name[4:] not in str(used)
    ] == []


@pytest.mark.keras
def test_the_scripts_changes_are_the_apps_kinds():
    import keras
    import tensorflow as tf

    text = write(architectures.get("dense"), augmentation=Augmentation(brightness=0.2, cutout=0.4, mixup=0.2))
    wanted = {"change_brightness", "cut_out", "mix"}
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name in wanted]
    scope = {"tf": tf, "IMAGE_SHAPE": (10, 12, 3)}
    exec("\n".join(map(ast.unparse, functions)), scope)  # noqa: S102
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(0).integers(0, 200, (300, 10, 12, 3), np.uint8)
    factors = scope["change_brightness"](images).numpy() / np.maximum(images, 1)
    assert 0.8 <= np.median(factors, axis=(1, 2, 3)).min() < 0.82
    assert (scope["cut_out"](images).numpy() != images).any(axis=3).sum(axis=(1, 2)).max() == 16
    labels = np.eye(3)[np.arange(300) % 3]
    _, mixed = scope["mix"](images, labels)
    assert np.allclose(mixed.numpy().sum(axis=1), 1, atol=1e-5)
    assert 0.3 < (mixed.numpy() * labels).sum(axis=1).mean() < 0.7


SCRIPTS = {
    "plain": ("lenet5", (28, 28, 1), 10, {"epochs": 1}),
    "a sigmoid unit": (
        "first_cnn",
        (16, 20, 3),
        2,
        {"epochs": 1, "validation_share": 0.0, "augmentation": Augmentation(mixup=0.2)},
    ),
    "half precision": ("lenet5", (28, 28, 1), 10, {"epochs": 1, "precision": "mixed_float16", "jit_compile": True}),
    # The last ones: what they settle about determinism holds for the rest of their process.
    "SGD": ("tf_cifar10", (8, 8, 3), 3, EVERYTHING.model_dump(exclude={"schedule", "augmentation"})),
    "everything": (
        "cifar10_batchnorm",
        (8, 8, 1),
        2,
        {name: getattr(EVERYTHING, name) for name in Recipe.model_fields},
    ),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folders of scripts that have run, by name."""
    found = {name: tmp_path_factory.mktemp("script") for name in SCRIPTS}
    for name, (key, image_shape, classes, recipe) in SCRIPTS.items():
        random = np.random.default_rng(0)
        shape = image_shape if image_shape[-1] > 1 else image_shape[:2]  # MNIST's file has no channel axis
        images = random.integers(0, 256, (40, *shape), np.uint8)
        labels = random.integers(0, classes, 40)
        np.savez(found[name] / "data.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
        text = write(architectures.get(key), image_shape, classes, **recipe)
        (found[name] / "script.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tests.kit.exported_scripts", *map(str, found.values())]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return found


@pytest.mark.keras
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_builds_and_trains_exactly_this_network(folders, name):
    import keras

    told = (folders[name] / "out.txt").read_text()
    assert "test accuracy: " in told, told
    key, image_shape, classes, _ = SCRIPTS[name]
    left = keras.saving.load_model(folders[name] / "model.keras")
    rows = architectures.trace(architectures.get(key).layers(image_shape, classes), image_shape)
    assert [(row.name, (None, *row.output_shape), row.parameters) for row in rows] == [
        (layer.name, layer.output.shape, layer.count_params()) for layer in left.layers
    ]
