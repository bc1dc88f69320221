"""The arithmetic over specs against Keras: shapes, counts, and what a value really depends on."""

import numpy as np
import pytest

from cnnapp import architectures
from cnnapp.architectures.layers import Activation, Conv2D, Dense, Dropout, Flatten, Pooling
from cnnapp.errors import CnnAppError

pytestmark = pytest.mark.keras
every_row = pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)

STRIDED = (
    Conv2D(name="conv1", filters=3, kernel_size=4, strides=3, padding="same", activation="tanh"),
    Pooling(name="pool1", mode="average", pool_size=3),
    Conv2D(name="conv2", filters=2, kernel_size=2, strides=2),
    Flatten(name="flatten"),
    Dropout(name="dropout1", rate=0.5),
    Dense(name="dense1", units=1),
    Activation(name="sigmoid", activation="sigmoid"),
)


def assert_same_as_keras(layers, image_shape):
    model = architectures.build(layers, image_shape)
    rows = architectures.trace(layers, image_shape)
    trained = [sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights) for layer in model.layers]
    assert [(row.name, (None, *row.output_shape), row.parameters) for row in rows] == [
        (layer.name, layer.output.shape, layer.count_params()) for layer in model.layers
    ]
    assert [row.trainable_parameters for row in rows] == trained
    assert architectures.totals(rows).parameters == model.count_params()


@every_row
@pytest.mark.parametrize(("image_shape", "classes"), [((28, 28, 1), 10), ((32, 32, 3), 2), ((47, 33, 3), 7)])
def test_shapes_and_parameters_are_those_of_keras(network, image_shape, classes):
    assert_same_as_keras(network.layers(image_shape, classes), image_shape)


@pytest.mark.parametrize("image_shape", [(29, 31, 1), (40, 23, 3)])
def test_strides_and_average_pooling_are_those_of_keras(image_shape):
    assert_same_as_keras(STRIDED, image_shape)


def dependence(layers, side):
    """Pixels (rows, columns) that the middle value of each conv and pooling layer depends on, by gradient."""
    import keras
    import tensorflow as tf

    smooth = [
        layer.model_copy(update={"activation": "linear", "filters": 1})
        if layer.kind == "conv2d"
        else layer.model_copy(update={"mode": "average"})
        for layer in layers
        if layer.kind in ("conv2d", "pooling")
    ]
    model = architectures.build(smooth, (side, side, 1))
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    maps = keras.Model(model.inputs, [layer.output for layer in model.layers])
    image = tf.ones((1, side, side, 1))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        middles = [out[0, out.shape[1] // 2, out.shape[2] // 2, 0] for out in maps(image)]
    seen = {}
    for layer, middle in zip(smooth, middles, strict=True):
        rows, columns = np.nonzero(tape.gradient(middle, image).numpy()[0, :, :, 0])
        seen[layer.name] = (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)
    return seen


@pytest.mark.parametrize(
    "layers",
    [row.layers((96, 96, 1), 10) for row in architectures.catalog() if row.key != "dense"] + [STRIDED],
    ids=[row.key for row in architectures.catalog() if row.key != "dense"] + ["strided"],
)
def test_the_receptive_field_is_where_the_gradient_is_not_zero(layers):
    rows = architectures.trace(layers, (96, 96, 1))
    seeing = [row for row in rows if row.kind in ("conv2d", "pooling")]
    # A field may reach over the image's edge, where there is nothing to see.
    fields = {row.name: tuple(min(side, 96) for side in row.receptive_field) for row in seeing}
    assert fields == dependence(layers, 96)


def test_the_same_seed_gives_the_same_weights_and_the_same_dropout():
    layers = architectures.get("food_classifier").layers((32, 32, 3), 3)
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    one, two, other = (architectures.build(layers, (32, 32, 3), seed=seed) for seed in (1, 1, 2))
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one(images, training=True), two(images, training=True))
    assert not np.array_equal(one(images), other(images))


def test_layers_of_one_shape_start_with_different_weights():
    layers = [Conv2D(name=name, filters=3, padding="same") for name in ("conv1", "conv2")]
    first, second = architectures.build(layers, (8, 8, 3)).layers
    assert not np.array_equal(first.kernel, second.kernel)


def test_a_network_that_no_machine_holds_is_not_built():
    layers = [Flatten(name="flatten"), Dense(name="dense1", units=1_000_000)]
    with pytest.raises(CnnAppError, match="billion parameters"):
        architectures.build(layers, (64, 64, 3))
