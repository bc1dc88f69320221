"""Flips, rotation, shift, zoom and shear: what is drawn, and from what."""

import numpy as np
import pytest

from cnnapp.datasets import augmentation
from cnnapp.recipes import Augmentation

SHAPE = (9, 7, 3)
IMAGES = np.random.default_rng(0).integers(0, 256, (12, *SHAPE), np.uint8)
EVERYTHING = Augmentation(
    horizontal_flip=True, vertical_flip=True, rotation=20, width_shift=0.1, height_shift=0.2, zoom=0.2, shear=0.2
)


def draw(rules, count=12, seed=1, epoch=2):
    return augmentation.draw(rules, count, SHAPE, seed=seed, epoch=epoch)["transform"]


def apply(images, transforms):
    return augmentation.apply(images, {"transform": transforms})


def test_draw_of_an_image_depends_on_seed_epoch_and_row_alone():
    assert np.array_equal(draw(EVERYTHING, 500)[:12], draw(EVERYTHING))
    assert not np.allclose(draw(EVERYTHING, seed=3), draw(EVERYTHING))
    assert not np.allclose(draw(EVERYTHING, epoch=3), draw(EVERYTHING))
    assert len(draw(EVERYTHING, 0)) == 0


@pytest.mark.parametrize(
    ("rules", "axis"), [(Augmentation(horizontal_flip=True), 2), (Augmentation(vertical_flip=True), 1)]
)
def test_flips_are_exact_mirrors_of_about_half(rules, axis):
    images = np.tile(IMAGES[:1], (400, 1, 1, 1))
    changed = apply(images, draw(rules, 400))
    mirrored = (changed == np.flip(images, axis)).all(axis=(1, 2, 3))
    same = (changed == images).all(axis=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert 150 < mirrored.sum() < 250


def test_shift_moves_by_up_to_its_share():
    transforms = draw(Augmentation(width_shift=0.2, height_shift=0.1, zoom=1e-9), 2000)
    assert 0.95 * 0.2 * 7 < np.abs(transforms[:, 2]).max() <= 0.2 * 7 + 1e-6
    assert 0.95 * 0.1 * 9 < np.abs(transforms[:, 5]).max() <= 0.1 * 9 + 1e-6


def test_images_that_are_only_shifted_and_mirrored_keep_their_pixels():
    rules = Augmentation(width_shift=2 / 7, height_shift=0.3, horizontal_flip=True)
    images = np.tile(IMAGES[:1], (200, 1, 1, 1))
    changed, transforms = apply(images, draw(rules, 200)), draw(rules, 200)
    moved = np.abs(np.where(transforms[:, 0] > 0, transforms[:, 2], transforms[:, 2] - 6))
    assert set(moved) == {0, 1, 2}
    known = set(map(tuple, IMAGES[0].reshape(-1, 3)))
    assert {tuple(pixel) for pixel in changed.reshape(-1, 3)} <= known


@pytest.mark.parametrize("rules", [Augmentation(rotation=90), Augmentation(zoom=0.5), Augmentation(shear=0.5)])
def test_centre_stays_in_place(rules):
    a0, a1, a2, b0, b1, b2 = draw(rules, 50)[:, :6].T.astype(np.float64)
    x, y = 3.0, 4.0
    assert np.allclose(a0 * x + a1 * y + a2, x, atol=1e-5)
    assert np.allclose(b0 * x + b1 * y + b2, y, atol=1e-5)


def test_rotation_and_zoom_stay_in_their_ranges():
    turned = draw(Augmentation(rotation=30), 2000)
    angles = np.rad2deg(np.arctan2(turned[:, 3], turned[:, 0]))
    assert 29 < np.abs(angles).max() <= 30.001
    zoomed = draw(Augmentation(zoom=0.2), 2000)
    assert 0.8 <= zoomed[:, [0, 4]].min() < 0.81
    assert 1.19 < zoomed[:, [0, 4]].max() <= 1.2


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")  # Keras' own
def test_matrix_is_the_one_of_keras_image_data_generator():
    from keras.src.legacy.preprocessing.image import apply_affine_transform

    rules = EVERYTHING.model_copy(update={"horizontal_flip": False, "vertical_flip": False})
    square = IMAGES[:, :7]  # of others Keras takes the centre with height and width exchanged
    numbers = np.random.Generator(np.random.Philox(key=[1, 2])).random((12, 8)) * 2 - 1
    transforms = augmentation.draw(rules, 12, (7, 7, 3), seed=1, epoch=2)["transform"]
    for image, transform, row in zip(square, transforms, numbers, strict=True):
        expected = apply_affine_transform(
            image.astype(np.float64),
            theta=row[2] * rules.rotation,
            tx=row[4] * rules.width_shift * 7,
            ty=row[3] * rules.height_shift * 7,
            shear=np.rad2deg(row[7] * rules.shear),
            zx=1 + row[6] * rules.zoom,
            zy=1 + row[5] * rules.zoom,
            row_axis=0,
            col_axis=1,
            channel_axis=2,
            fill_mode="nearest",
            order=1,
        )
        changed = apply(image[None], transform[None])[0]
        assert np.abs(changed - expected).max() <= 0.51


def test_a_mirror_between_pixels_is_exact():
    flipped = np.tile(np.array([-1, 0, 6, 0, 1, 0, 0, 0], np.float32), (12, 1))
    assert np.array_equal(apply(IMAGES, flipped), IMAGES[:, :, ::-1])
