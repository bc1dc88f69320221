"""Class weights in the compiled step: in the loss and the gradients, nowhere else."""

import numpy as np
import pytest

from cnnapp import architectures
from cnnapp.recipes import Recipe

pytestmark = pytest.mark.keras
IMAGE_SHAPE, WEIGHTS = (8, 8, 1), np.array([0.5, 2.0, 1.0], np.float32)


def take_a_step(weights):
    import keras
    import tensorflow as tf

    from cnnapp.training.graphs import Graphs
    from cnnapp.training.source import Source

    keras.utils.set_random_seed(0)
    model = architectures.build(architectures.get("dense").layers(IMAGE_SHAPE, 3), IMAGE_SHAPE, seed=0)
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    graphs = Graphs(model, optimizer, Recipe(optimizer="sgd"), IMAGE_SHAPE)
    if weights is not None:
        graphs.weigh(weights)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, *IMAGE_SHAPE), np.uint8)
    labels = (np.arange(12) % 3).astype(np.int32)
    source = Source(images, labels, np.arange(12))
    before = np.log(model(images.astype(np.float32)).numpy()[np.arange(12), labels])
    loss, right, _, _ = graphs.train(source.take(np.arange(12)), {}, tf.constant([0.1]), tf.constant(12))
    answers = graphs.evaluate(source.take(np.arange(12)), tf.constant(12))
    return loss.numpy()[0], int(right[0]), -before, answers.loss.numpy() / 12, model.get_weights()


def test_weights_are_in_the_training_loss_and_its_gradients_and_not_in_what_is_counted():
    plain, weighted, even = take_a_step(None), take_a_step(WEIGHTS), take_a_step(np.ones(3, np.float32))
    assert plain[0] == pytest.approx(plain[2].mean(), rel=1e-4)
    assert weighted[0] == pytest.approx((WEIGHTS[np.arange(12) % 3] * weighted[2]).mean(), rel=1e-4)
    assert weighted[1] == plain[1]
    assert not np.allclose(weighted[4][0], plain[4][0])
    np.testing.assert_allclose(even[4][0], plain[4][0], atol=1e-6)
    assert even[3] == pytest.approx(plain[3], rel=1e-5)
