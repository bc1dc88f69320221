"""Brightness, contrast, cutout, mixup; what all kinds share; and that previews look as training does."""

import numpy as np
import pytest
from pydantic import ValidationError

from cnnapp import architectures, runs
from cnnapp.datasets import augmentation
from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation, explain

SHAPE = (9, 7, 3)
IMAGES = np.random.default_rng(0).integers(0, 256, (12, *SHAPE), np.uint8)
EACH_KIND = {
    "horizontal_flip": True,
    "vertical_flip": True,
    "rotation": 20.0,
    "width_shift": 0.1,
    "height_shift": 0.2,
    "zoom": 0.2,
    "shear": 0.2,
    "brightness": 0.3,
    "contrast": 0.4,
    "cutout": 0.5,
    "mixup": 0.4,
}
EVERYTHING = Augmentation(**EACH_KIND)
DRAWN = ["transform", "brightness", "contrast", "hole", "share"]


def draw(rules, count=12, seed=1, epoch=2):
    return augmentation.draw(rules, count, SHAPE, seed=seed, epoch=epoch)


def changed(**rules):
    return augmentation.apply(IMAGES, draw(Augmentation(**rules)))


def test_every_field_is_a_kind_of_these_tests():
    assert set(EACH_KIND) == set(Augmentation.model_fields)


def test_nothing_asked_for_draws_and_changes_nothing():
    assert draw(Augmentation()) == {}
    assert np.array_equal(changed(), IMAGES)


@pytest.mark.parametrize("kind", EACH_KIND)
def test_each_kind_changes_images_and_draws_only_what_it_needs(kind):
    assert len(draw(Augmentation(**{kind: EACH_KIND[kind]}))) == 1
    assert not np.array_equal(changed(**{kind: EACH_KIND[kind]}), IMAGES)


def test_draw_of_an_image_depends_on_seed_epoch_and_row_alone():
    few, many = draw(EVERYTHING), draw(EVERYTHING, 500)
    others = [draw(EVERYTHING, seed=3), draw(EVERYTHING, epoch=3)]
    assert list(few) == DRAWN
    for name, values in few.items():
        assert np.array_equal(many[name][:12], values)
        assert not any(np.allclose(other[name], values) for other in others)
        assert len(draw(EVERYTHING, 0)[name]) == 0


@pytest.mark.parametrize("kind", EACH_KIND)
def test_a_kind_draws_the_same_whatever_else_is_asked_for(kind):
    (alone,) = draw(Augmentation(**{kind: EACH_KIND[kind]})).items()
    if alone[0] != "transform":
        assert np.array_equal(draw(EVERYTHING)[alone[0]], alone[1])
    with_pixels = Augmentation(**{kind: EACH_KIND[kind], "brightness": 0.3, "mixup": 0.4})
    assert np.array_equal(draw(with_pixels)[alone[0]], alone[1])


def test_numbers_of_runs_before_the_new_kinds_stay():
    """Drawn by the first version: a run of then goes on with the same images."""
    first = draw(EVERYTHING)["transform"][0]
    expected = [-0.8853787, -0.2192948, 6.4230800, 0.2966529, -0.9461114, 8.6851273, 0, 0]
    assert np.allclose(first, expected, atol=1e-6)


def test_brightness_multiplies_and_clips():
    factors = draw(Augmentation(brightness=0.3), 2000)["brightness"]
    assert 0.7 <= factors.min() < 0.705
    assert 1.295 < factors.max() <= 1.3
    expected = np.clip(IMAGES * factors[:12, None, None, None], 0, 255)
    assert np.abs(changed(brightness=0.3) - expected).max() <= 0.5


def test_contrast_moves_pixels_away_from_the_mean_of_their_channel():
    pixels = np.full((1, 4, 4, 3), [50, 100, 150], np.uint8)
    pixels[0, :2] += 20
    seen = augmentation.apply(pixels, {"contrast": np.array([1.5], np.float32)})
    assert seen[0, 0, 0].tolist() == [75, 125, 175]
    assert seen[0, 3, 3].tolist() == [45, 95, 145]


def test_a_hole_is_a_square_of_its_share_with_the_mean_of_the_image():
    holes = draw(Augmentation(cutout=0.5), 2000)["hole"]
    top, left, bottom, right = holes.T
    assert (bottom - top).max() == (right - left).max() == round(0.5 * 7)
    assert (bottom - top).min() >= 1
    assert set(top + 2) >= set(range(2, 9))  # the centre is any pixel
    image = IMAGES[:1]
    seen = augmentation.apply(image, {"hole": np.array([[2, 1, 5, 4]], np.int32)})
    assert np.abs(seen[0, 2:5, 1:4] - image.mean(axis=(1, 2))).max() <= 0.51
    inside = np.zeros(SHAPE[:2], bool)
    inside[2:5, 1:4] = True
    assert np.array_equal(seen[0][~inside], image[0][~inside])


def test_mixup_takes_the_image_before_by_shares_of_the_beta_distribution():
    shares = draw(Augmentation(mixup=0.4), 5000)["share"]
    assert shares.mean() == pytest.approx(0.5, abs=0.02)
    assert shares.var() == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.01)
    own = shares[:12, None, None, None]
    expected = own * IMAGES + (1 - own) * IMAGES[[11, *range(11)]]
    assert np.abs(changed(mixup=0.4) - expected).max() <= 0.51


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"cutout": 1.5}, "Cutout must be at most 1, but is 1.5."),
        ({"mixup": -1}, "Mixup must be at least 0, but is -1."),
        ({"brightness": 1}, "Brightness must be at most 0.9, but is 1."),
    ],
)
def test_what_is_out_of_range_is_told(setting, sentence):
    with pytest.raises(ValidationError) as caught:
        Augmentation(**setting)
    assert explain(caught.value) == sentence


def test_presets_are_those_of_the_tutorials_and_the_catalog_trains_with_them(home):
    assert list(AUGMENTATION_PRESETS) == ["none", "digits", "first CNN", "food", "CIFAR-10 shown", "CIFAR-10 trained"]
    food = AUGMENTATION_PRESETS["food"]
    assert food == Augmentation(shear=0.2, zoom=0.2, horizontal_flip=True, width_shift=0.1, height_shift=0.1)
    assert AUGMENTATION_PRESETS["first CNN"] == Augmentation(shear=0.2, zoom=0.2, horizontal_flip=True)
    for key, preset in (
        ("first_cnn", "first CNN"),
        ("food_classifier", "food"),
        ("cifar10_augmented", "CIFAR-10 trained"),
    ):
        assert architectures.get(key).recipe.augmentation is AUGMENTATION_PRESETS[preset]
    assert runs.configure_first_run().recipe.augmentation == AUGMENTATION_PRESETS["digits"]


@pytest.mark.keras
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", [*EACH_KIND, "everything"])
@pytest.mark.parametrize("resampled_by", ["projective", "bilinear"])
def test_previews_look_as_training_does(kind, channels, resampled_by):
    import tensorflow as tf

    from cnnapp.training import augment
    from cnnapp.training.augment import change, mix

    rules = EVERYTHING if kind == "everything" else Augmentation(**{kind: EACH_KIND[kind]})
    images = IMAGES[..., :channels]
    draws = draw(rules)
    trained = change(tf.constant(images), draws, getattr(augment, resampled_by))
    if "share" in draws:
        trained = mix(trained, draws["share"])
    previewed = augmentation.apply(images, draws).astype(np.float32)
    assert np.abs(previewed - trained.numpy()).max() <= 0.51


@pytest.mark.keras
def test_large_images_are_changed_as_small_ones_are_whatever_the_batch():
    import tensorflow as tf

    from cnnapp.training.augment import change, changer

    shape = (80, 64, 3)
    images = tf.constant(np.random.default_rng(0).integers(0, 256, (7, *shape), dtype=np.uint8))
    draws = augmentation.draw(EVERYTHING, 7, shape, seed=0, epoch=0)
    changed = changer(shape)
    for batch in (images[:4], images[4:]):  # the last one is short
        own = {name: values[: len(batch)] for name, values in draws.items()}
        np.testing.assert_allclose(changed(batch, own, 4), change(batch, own), atol=0.02)
    np.testing.assert_array_equal(changed(images, {}, 7), change(images, {}))
