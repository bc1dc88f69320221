"""Every kind of the table, by an example: what it says of itself, against Keras, drawings and scripts."""

from typing import get_args

import numpy as np
import pytest
from pydantic import TypeAdapter

from cnnapp import architectures
from cnnapp.architectures.layers import (
    KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Family,
    Flatten,
    GlobalPooling,
    LayerSpec,
    Pooling,
    Rescaling,
)
from cnnapp.figures.style import FAMILIES
from cnnapp.recipes import Recipe

IMAGE_SHAPE = (12, 10, 3)
BEFORE, FLAT = Rescaling(name="before"), Flatten(name="flat")
# Each kind last, behind what it needs, with settings that are not its defaults.
EXAMPLES: dict[str, tuple[LayerSpec, ...]] = {
    "rescaling": (Rescaling(name="tried", scale=1 / 128),),
    "conv2d": (
        BEFORE,
        Conv2D(name="tried", filters=4, kernel_size=5, strides=2, padding="same", activation="relu", use_bias=False),
    ),
    "pooling": (BEFORE, Pooling(name="tried", mode="average", pool_size=3)),
    "global_pooling": (BEFORE, GlobalPooling(name="tried", mode="max")),
    "batch_normalization": (BEFORE, BatchNormalization(name="tried", momentum=0.9)),
    "dropout": (BEFORE, Dropout(name="tried", rate=0.25)),
    "flatten": (BEFORE, Flatten(name="tried")),
    "dense": (BEFORE, FLAT, Dense(name="tried", units=5, activation="tanh")),
    "activation": (BEFORE, Activation(name="tried", activation="tanh")),
}
every_kind = pytest.mark.parametrize("layers", EXAMPLES.values(), ids=EXAMPLES)


def closed(layers):
    """The example with an output of two classes behind it."""
    flat = () if len(architectures.trace(layers, IMAGE_SHAPE)[-1].output_shape) == 1 else (Flatten(name="vector"),)
    return (*layers, *flat, Dense(name="softmax", units=2, activation="softmax"))


def test_every_kind_of_the_table_has_an_example():
    assert {kind: layers[-1].kind for kind, layers in EXAMPLES.items()} == {kind: kind for kind in KINDS}


def test_every_family_has_a_style():
    assert set(FAMILIES) == {"input", *get_args(Family)}


@every_kind
def test_it_survives_json_and_keeps_what_it_says_of_its_weights(layers):
    adapter = TypeAdapter(tuple[LayerSpec, ...])
    assert adapter.validate_json(adapter.dump_json(layers)) == layers
    row, tried = architectures.trace(layers, IMAGE_SHAPE)[-1], layers[-1]
    assert tried.has_weights == bool(row.parameters) >= tried.has_kernel
    assert (row.title, row.family) == (tried.title, tried.family)


@pytest.mark.keras
@every_kind
def test_keras_agrees_on_shape_and_parameters(layers):
    (*_, built), (*_, row) = architectures.build(layers, IMAGE_SHAPE).layers, architectures.trace(layers, IMAGE_SHAPE)
    learned = sum(int(np.prod(weight.shape)) for weight in built.trainable_weights)
    assert (row.name, (None, *row.output_shape)) == (built.name, built.output.shape)
    assert (row.parameters, row.trainable_parameters) == (built.count_params(), learned)
    assert (getattr(built, "kernel", None) is not None) == layers[-1].has_kernel


@pytest.mark.keras
@every_kind
def test_one_value_sees_as_many_pixels_as_its_receptive_field(layers):
    import keras

    seen = architectures.trace(layers, IMAGE_SHAPE)[-1].receptive_field or IMAGE_SHAPE[:2]
    model = architectures.build(layers, IMAGE_SHAPE)
    image = np.random.default_rng(0).uniform(20, 235, (1, *IMAGE_SHAPE))
    brighter = np.repeat(image, 120, axis=0)
    brighter[np.arange(120), np.arange(120) // 10, np.arange(120) % 10] += 255  # one pixel in each, beyond all others
    middle = tuple(side // 2 for side in model.output_shape[1:-1])
    changed = keras.ops.convert_to_numpy(model(brighter) - model(image))[(slice(None), *middle)].any(axis=-1)
    rows, columns = np.nonzero(changed.reshape(12, 10))
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == seen


@pytest.mark.keras
@every_kind
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_line_in_a_script_makes_the_same_layer(layers, precision):
    import keras

    whole = closed(layers)
    built = architectures.build(whole, IMAGE_SHAPE, precision=precision)
    text = architectures.script(whole, IMAGE_SHAPE, Recipe(precision=precision))
    start, end = text.index("model = keras.Sequential("), text.index("model.summary()")
    names = {"keras": keras, "layers": keras.layers, "IMAGE_SHAPE": IMAGE_SHAPE}
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        exec(text[start:end], names)  # noqa: S102
    finally:
        keras.config.set_dtype_policy(before)
    (written,) = [layer for layer in names["model"].layers if layer.name == "tried"]
    assert plain(written) == plain(built.get_layer("tried"))


def plain(layer):
    """A Keras layer's settings without where its random numbers begin."""
    settings = layer.get_config()
    return {key: value for key, value in settings.items() if key != "seed" and not key.endswith("_initializer")}
