"""Whitening layers: kernels that are made from the training images and never learn."""

import numpy as np
import pytest

from cnnapp import architectures
from cnnapp.architectures.layers import Conv2D, Dense, Flatten, Rescaling
from cnnapp.recipes import FineTuning, Recipe

LAYERS = (
    Rescaling(name="rescaling"),
    Conv2D(name="whitening", filters=24, kernel_size=2, strides=2, kernel="whitening"),
    Conv2D(name="conv", filters=4),
    Flatten(name="flatten"),
    Dense(name="softmax", units=3, activation="softmax"),
)


def smooth_images(count=200, side=16, channels=3):
    """Images whose neighbouring pixels and channels are much alike, as photos' are."""
    noise = np.random.default_rng(0).normal(size=(count, side + 4, side + 4, channels))
    smooth = sum(noise[:, y : y + side, x : x + side] for y in range(5) for x in range(5)) + noise.sum(-1).mean()
    return np.clip(128 + 25 * smooth / smooth.std(), 0, 255).astype(np.uint8)


def answers(images, kernels, biases, stride):
    """What the convolution answers to every patch, (patches, filters)."""
    size = kernels.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(images / 255, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, kernels[..., 0].size)
    return patches @ kernels.reshape(-1, kernels.shape[-1]) + biases


def test_answers_are_uncorrelated_and_of_variance_1_and_the_second_half_has_the_other_sign():
    images = smooth_images()
    kernels, biases = architectures.whiten(LAYERS, "whitening", images)
    assert kernels.shape == (2, 2, 3, 24)
    found = answers(images, kernels, biases, stride=2)
    np.testing.assert_allclose(found[:, 12:], -found[:, :12], atol=1e-4)
    covariance = np.cov(found[:, :6].T, bias=True)
    np.testing.assert_allclose(covariance, np.eye(6), atol=0.05)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-3)


def test_fewer_filters_keep_the_commonest_patterns():
    images = smooth_images()
    few = (LAYERS[0], LAYERS[1].model_copy(update={"filters": 2}), *LAYERS[2:])
    kernels, _ = architectures.whiten(few, "whitening", images)
    spread = np.ptp(kernels[..., 0], axis=(0, 1))  # over the patch: in smooth images its pixels are alike
    assert (spread < 0.1 * np.abs(kernels[..., 0]).max()).all()


def test_images_of_one_colour_give_finite_filters():
    kernels, biases = architectures.whiten(LAYERS, "whitening", np.full((5, 16, 16, 3), 77, np.uint8))
    assert np.isfinite(kernels).all()
    assert np.isfinite(biases).all()


def test_a_layer_that_does_not_see_the_images_cannot_whiten_them():
    late = (*LAYERS[:3], Conv2D(name="late", filters=4, kernel="whitening"), *LAYERS[3:])
    with pytest.raises(ValueError, match="late comes after other layers"):
        architectures.whiten(late, "late", smooth_images(4))


def test_whitening_is_counted_but_not_as_learned_and_said():
    row = architectures.trace(LAYERS, (16, 16, 3))[1]
    assert (row.parameters, row.trainable_parameters) == (2 * 2 * 3 * 24 + 24, 0)
    assert "whitening" in row.settings


def test_whitening_is_frozen_in_every_phase_and_nobody_can_fine_tune_from_it():
    assert architectures.find_frozen(LAYERS, Recipe(), 0) == ("whitening",)
    tuning = Recipe(epochs=4, fine_tuning=FineTuning(run="r", taken=("whitening", "conv"), from_layer="conv"))
    assert set(architectures.find_frozen(LAYERS, tuning, 0)) == {"whitening", "conv"}
    assert set(architectures.find_frozen(LAYERS, tuning, 3)) == {"whitening"}
    assert "whitening" not in architectures.list_choices(LAYERS, ("whitening", "conv"))
