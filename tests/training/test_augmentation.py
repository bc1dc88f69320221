"""What augmentation does inside the compiled step of training, and what the command line makes of its settings."""

import json

import numpy as np
import pytest

from cnnapp.cli.entry import build_parser
from cnnapp.cli.experiment import put_together
from cnnapp.recipes import Augmentation, Recipe

SHAPE = (6, 5, 3)
SHARES = np.array([0.9, 0.3, 1.0, 0.0, 0.6, 0.5], np.float32)
LABELS = np.array([0, 1, 1, 0, 1, 0], np.int32)
IMAGES = np.random.default_rng(0).integers(0, 256, (6, *SHAPE), np.uint8)


def build_graphs(units=2, **recipe):
    import keras

    from cnnapp.training.graphs import Graphs

    keras.utils.set_random_seed(1)
    last = keras.layers.Dense(units, activation="softmax" if units > 1 else "sigmoid")
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), last])
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.build(model.trainable_variables)
    return Graphs(model, optimizer, Recipe(**recipe), SHAPE)


def take_one_step(graphs, draws):
    import tensorflow as tf

    from cnnapp.training.source import Batches

    batches = Batches(tf.constant(IMAGES), tf.range(6), tf.constant(LABELS))
    losses, rights, *_ = graphs.train(batches, draws, tf.zeros(1), tf.constant(6))
    return float(losses[0]), int(rights[0])


def operations(graphs):
    definition = graphs.train.get_concrete_function().graph.as_graph_def()
    return {node.op for function in definition.library.function for node in function.node_def}


@pytest.mark.keras
@pytest.mark.parametrize("units", [1, 2])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_loss_of_mixed_images_is_that_of_mixed_labels_and_the_larger_share_counts(units, smoothing):
    import keras

    graphs = build_graphs(units, augmentation=Augmentation(mixup=0.4), label_smoothing=smoothing)
    own = SHARES[:, None]
    targets = own * np.eye(2)[LABELS] + (1 - own) * np.eye(2)[np.roll(LABELS, 1)]
    pixels = SHARES[:, None, None, None]
    answers = graphs.model(pixels * IMAGES + (1 - pixels) * np.roll(IMAGES, 1, axis=0)).numpy()
    loss, right = take_one_step(graphs, {"share": SHARES})
    if units == 1:
        expected = keras.losses.BinaryCrossentropy(label_smoothing=smoothing)(targets[:, 1:], answers)
        answered = answers[:, 0] >= 0.5
    else:
        expected = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)(targets, answers)
        answered = answers.argmax(axis=1)
    counted = np.where(SHARES >= 0.5, LABELS, np.roll(LABELS, 1))
    assert loss == pytest.approx(float(expected), rel=1e-5)
    assert right == (answered == counted).sum()


@pytest.mark.keras
def test_images_that_keep_their_whole_share_are_trained_as_without_mixup():
    mixed = take_one_step(build_graphs(augmentation=Augmentation(mixup=0.4)), {"share": np.ones(6, np.float32)})
    assert mixed == pytest.approx(take_one_step(build_graphs(), {}))


@pytest.mark.keras
def test_what_is_not_asked_for_is_not_in_the_graph():
    plain = operations(build_graphs())
    assert "ImageProjectiveTransformV3" not in plain
    flipped = operations(build_graphs(augmentation=Augmentation(horizontal_flip=True)))
    assert flipped - plain == {"ImageProjectiveTransformV3"}
    assert operations(build_graphs(augmentation=Augmentation(cutout=0.2))) - plain >= {"SelectV2", "LogicalAnd"}


def test_the_command_line_takes_every_kind_from_a_file(home, tmp_path):
    rules = {"horizontal_flip": True, "brightness": 0.2, "contrast": 0.3, "cutout": 0.3, "mixup": 0.2}
    settings = tmp_path / "mine.json"
    settings.write_text(json.dumps({"epochs": 2, "augmentation": rules}))
    words = ["train", "--dataset", "digits", "--architecture", "lenet5", "--config", str(settings)]
    config = put_together(build_parser().parse_args(words))
    assert config.recipe.augmentation == Augmentation(**rules)
