from typing import Any

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from cnnapp.inspection import build_activations, load_filters

pytestmark = pytest.mark.keras
SHAPE = (12, 10, 3)


@pytest.fixture(scope="module")
def model() -> Any:
    import keras

    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Rescaling(1 / 255, name="rescale"),
            keras.layers.Conv2D(5, 3, activation="relu", name="conv1"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.AveragePooling2D(2, name="pool"),
            keras.layers.Dropout(0.5, name="drop"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(4, activation="softmax", use_bias=False, name="out"),
        ]
    )


@pytest.fixture(scope="module")
def image() -> np.ndarray[Any, Any]:
    return np.random.default_rng(2).integers(0, 256, SHAPE, np.uint8)


def test_activations_are_those_of_keras_sub_models(model: Any, image: np.ndarray[Any, Any]) -> None:
    import keras

    answers = build_activations(model)(image)
    assert list(answers) == [layer.name for layer in model.layers]
    for name, maps in answers.items():
        expected = keras.Model(model.inputs[0], model.get_layer(name).output)(image[None].astype("float32"))
        assert maps.dtype == np.float32
        assert maps.shape == expected.shape[1:]
        np.testing.assert_allclose(maps, np.asarray(expected)[0], atol=1e-6)


def test_a_network_of_one_layer_answers_too(image: np.ndarray[Any, Any]) -> None:
    import keras

    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(name="flat")])
    np.testing.assert_array_equal(build_activations(model)(image)["flat"], image.reshape(-1))


def test_half_precision_arrives_as_float32(image: np.ndarray[Any, Any]) -> None:
    import keras

    conv = keras.layers.Conv2D(2, 3, dtype="mixed_bfloat16", name="conv")
    answers = build_activations(keras.Sequential([keras.Input(SHAPE), conv]))(image)
    assert answers["conv"].dtype == np.float32


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((12, 10, 1), np.uint8), np.zeros((10, 3), np.uint8), np.zeros(SHAPE, np.float32)],
)
def test_an_image_that_does_not_fit_is_refused_in_words(model: Any, wrong: np.ndarray[Any, Any]) -> None:
    with pytest.raises(CnnAppError, match="12 × 10 × 3"):
        build_activations(model)(wrong)


def test_filters_are_the_layer_s_own_weights(model: Any) -> None:
    found = load_filters(model, "conv1")
    kernel, bias = model.get_layer("conv1").get_weights()
    np.testing.assert_array_equal(found.kernel, kernel)
    assert found.bias is not None
    np.testing.assert_array_equal(found.bias, bias)
    assert load_filters(model, "out").bias is None


@pytest.mark.parametrize(("layer", "words"), [("pool", "no kernel"), ("nothing", "no layer named")])
def test_a_layer_without_weights_is_refused_in_words(model: Any, layer: str, words: str) -> None:
    with pytest.raises(CnnAppError, match=words):
        load_filters(model, layer)


def test_weights_too_many_to_look_at_are_refused(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnapp.inspection.filters.MAX_WEIGHTS", 100)
    with pytest.raises(CnnAppError, match="135 weights"):
        load_filters(model, "conv1")
