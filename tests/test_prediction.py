from typing import Any

import numpy as np
import pytest

from cnnapp import prediction
from cnnapp.errors import CnnAppError
from cnnapp.prediction import both_classes, build_predictor

SHAPE = (8, 8, 1)
IMAGES = np.random.default_rng(0).integers(0, 256, (7, *SHAPE), np.uint8)


def network(units: int, activation: str) -> Any:
    import keras

    keras.utils.set_random_seed(3)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(units, activation=activation),
        ]
    )


def test_a_sigmoid_gives_both_classes() -> None:
    np.testing.assert_allclose(both_classes(np.array([[0.25], [1.0]], np.float32)), [[0.75, 0.25], [0, 1]])


@pytest.mark.keras
def test_probabilities_are_those_of_keras() -> None:
    model = network(3, "softmax")
    expected = model.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(build_predictor(model)(IMAGES), expected, atol=1e-6)


@pytest.mark.keras
def test_a_sigmoid_network_reports_two_columns_that_sum_to_one() -> None:
    model = network(1, "sigmoid")
    found = build_predictor(model)(IMAGES)
    assert found.shape == (7, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(found[:, 1:], model.predict(IMAGES, verbose=0), atol=1e-6)


@pytest.mark.keras
def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network(3, "softmax")
    whole = build_predictor(model)(IMAGES)
    monkeypatch.setattr(prediction, "_BATCH_VALUES", 2 * 8 * 8)
    np.testing.assert_allclose(build_predictor(model)(IMAGES), whole, atol=1e-6)
    assert build_predictor(model)(IMAGES[:0]).shape == (0, 3)


@pytest.mark.keras
def test_images_of_another_shape_are_refused_in_words() -> None:
    with pytest.raises(CnnAppError, match="8 × 8 × 1"):
        build_predictor(network(3, "softmax"))(IMAGES[:, :4])
