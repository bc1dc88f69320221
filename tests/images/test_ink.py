import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnnapp.images import InkRule, Preprocess, prepare, prepare_pixels
from tests.kit.make_drawn_digits import SHEETS

DRAWN = sorted((Path(__file__).parents[1] / "kit" / "drawn_digits").glob("*.png"))
DIGITS = Preprocess(image_shape=(32, 32, 1), ink=InkRule.for_digits())
MNIST = Preprocess(image_shape=(28, 28, 1), ink=InkRule.for_mnist())
PLAIN = Preprocess(image_shape=(64, 64, 3), ink=InkRule(box=0.7, stroke=0.1, light_on_dark=False))


def ring(size: int = 200, ink=(0, 0, 0), paper=(255, 255, 255), box=(20, 30, 100, 150), pen: int = 8) -> np.ndarray:
    image = Image.new("RGB", (size, size), paper)
    ImageDraw.Draw(image).ellipse(box, outline=ink, width=pen)
    return np.array(image)


def extent(seen: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero((seen[:, :, 0] > 64).any(axis=axis)) for axis in (1, 0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def scaled_digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    small = [Image.fromarray(np.rint(image * 255 / 16).astype(np.uint8)) for image in digits.images]
    return np.stack([image.resize((32, 32), Image.Resampling.BICUBIC) for image in small])[..., None], digits.target


@pytest.mark.parametrize("rule", [InkRule(), InkRule.for_digits(), InkRule.for_mnist()])
def test_a_rule_survives_json(rule):
    preprocess = Preprocess(image_shape=(32, 32, 1), ink=rule)
    assert Preprocess.model_validate_json(preprocess.model_dump_json()) == preprocess


def test_a_digit_fills_the_height_and_stands_in_the_middle():
    seen, notices = prepare_pixels(ring(), DIGITS)
    top, bottom, left, right = extent(seen)
    assert (top, bottom) == (0, 32)
    assert abs((left + right) / 2 - 16) <= 1
    assert notices == ("inverted: dark ink on light paper", "cropped and centred")


def test_a_drawing_for_mnist_fits_20_of_28_pixels_with_its_mass_in_the_middle():
    seen, _ = prepare_pixels(ring(), MNIST)
    top, bottom, left, right = extent(seen)
    assert abs(bottom - top - 20) <= 1
    assert right - left < 20
    rows = seen[:, :, 0].sum(axis=1)
    assert abs((rows * (np.arange(28) + 0.5)).sum() / rows.sum() - 14) < 0.5


def test_dark_sets_get_dark_ink():
    seen, notices = prepare_pixels(ring(ink=(250, 250, 250), paper=(10, 10, 30)), PLAIN)
    assert seen.shape == (64, 64, 3)
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert seen.min() < 40
    assert notices[0] == "inverted: light ink on dark paper"


COLOURS = {
    "black on white": ((0, 0, 0), (255, 255, 255)),
    "white on black": ((255, 255, 255), (0, 0, 0)),
    "yellow on white": ((255, 240, 0), (255, 255, 255)),
    "red on blue of the same brightness": ((200, 0, 0), (0, 30, 200)),
    "pencil": ((150, 150, 150), (240, 238, 230)),
}


@pytest.mark.parametrize("colours", COLOURS)
def test_the_colour_of_ink_and_paper_does_not_matter(colours):
    expected, _ = prepare_pixels(ring(), DIGITS)
    seen, _ = prepare_pixels(ring(ink=COLOURS[colours][0], paper=COLOURS[colours][1]), DIGITS)
    assert np.abs(seen.astype(int) - expected).max() <= 12


@pytest.mark.parametrize("pen", [1, 3, 8, 20])
def test_strokes_become_as_wide_as_the_sets(pen):
    expected, _ = prepare_pixels(ring(pen=8), DIGITS)
    seen, _ = prepare_pixels(ring(pen=pen), DIGITS)
    assert np.abs(seen.astype(int) - expected).mean() < 12


def test_specks_and_uneven_light_do_not_move_the_ink():
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:1:200j, 0:1:200j]
    lit = ring() * (1 - 0.5 * x - 0.2 * y * y)[:, :, None] + rng.normal(0, 4, (200, 200, 3))
    for row, column in rng.integers(0, 198, (8, 2)):
        lit[row : row + 2, column : column + 2] = 0
    expected, _ = prepare_pixels(ring(), DIGITS)
    seen, _ = prepare_pixels(np.clip(lit, 0, 255).astype(np.uint8), DIGITS)
    assert np.abs(seen.astype(int) - expected).mean() < 6


def test_a_table_along_one_side_of_the_paper_is_not_ink():
    photo = ring()
    photo[:, -14:] = (90, 60, 40)
    expected, _ = prepare_pixels(ring(), DIGITS)
    seen, _ = prepare_pixels(photo, DIGITS)
    assert np.abs(seen.astype(int) - expected).mean() < 6


@pytest.mark.parametrize("paper", [0, 128, 255])
def test_blank_paper_is_said_to_be_blank(paper):
    seen, notices = prepare_pixels(np.full((300, 200, 3), paper, np.uint8), DIGITS)
    assert not seen.any()
    assert notices == ("no ink found: nothing stands out from the paper",)


@pytest.mark.parametrize("preprocess", [DIGITS, MNIST, PLAIN, DIGITS.model_copy(update={"image_shape": (8, 8, 1)})])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2), (9, 400), (130, 70)])
def test_any_image_becomes_a_tensor_of_the_right_shape(preprocess, size):
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    half = np.zeros((*size, 1), np.uint8)
    half[: size[0] // 2 + 1] = 255
    dot = np.zeros((*size, 1), np.uint8)
    dot[size[0] // 2, size[1] // 2] = 255
    for pixels in (noise, half, 255 - half, dot):
        seen, _ = prepare_pixels(pixels, preprocess)
        assert seen.shape == preprocess.image_shape
        assert seen.dtype == np.uint8


def test_images_of_the_digits_set_are_left_alone():
    images, _ = scaled_digits()
    for image in images:
        seen, notices = prepare_pixels(image, DIGITS)
        assert np.array_equal(seen, image)
        assert notices == ()


def test_an_8x8_digit_is_enlarged_as_the_set_is():
    images, _ = scaled_digits()
    from sklearn.datasets import load_digits

    raw = np.rint(load_digits().images[7] * 255 / 16).astype(np.uint8)
    seen, _ = prepare_pixels(raw[:, :, None], DIGITS)
    assert np.array_equal(seen, images[7])


@pytest.mark.usefixtures("home")
def test_prepare_hands_back_the_original_and_says_what_was_done():
    buffer = io.BytesIO()
    Image.fromarray(ring()).convert("RGBA").rotate(5).save(buffer, "PNG")
    prepared = prepare(buffer.getvalue(), "ring.png", DIGITS)
    assert prepared.original.shape == (200, 200, 3)
    assert prepared.seen.shape == (32, 32, 1)
    assert prepared.notices[0] == "alpha flattened"


@pytest.mark.usefixtures("home")
def test_without_a_rule_the_image_is_only_resized():
    buffer = io.BytesIO()
    Image.fromarray(ring()).save(buffer, "PNG")
    prepared = prepare(buffer.getvalue(), "ring.png", Preprocess(image_shape=(20, 30, 1), resize_mode="crop"))
    assert prepared.seen.shape == (20, 30, 1)
    assert prepared.notices == ()


def test_two_drawings_of_each_digit_are_kept():
    assert sorted(path.stem for path in DRAWN) == sorted(SHEETS)
    assert [sum(path.name[0] == digit for path in DRAWN) for digit in "0123456789"] == [2] * 10


@pytest.mark.keras
@pytest.mark.usefixtures("home")
def test_at_least_18_of_20_drawn_digits_are_read_right():
    import keras
    from keras import layers

    images, labels = scaled_digits()
    keras.utils.set_random_seed(0)
    lenet5 = keras.Sequential(
        [
            layers.Rescaling(1 / 255),
            layers.Conv2D(6, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    lenet5.compile("adam", "sparse_categorical_crossentropy")
    lenet5.fit(images[:1437], labels[:1437], batch_size=64, epochs=15, verbose=0)
    seen = np.stack([prepare(path.read_bytes(), path.name, DIGITS).seen for path in DRAWN])
    read = lenet5.predict(seen, verbose=0).argmax(axis=1)
    wrong = [
        f"{path.stem} read as {digit}" for path, digit in zip(DRAWN, read, strict=True) if path.name[0] != str(digit)
    ]
    assert len(wrong) <= 2, wrong
