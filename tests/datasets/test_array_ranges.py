"""Which values of arrays are black and white: found, told, or asked, and the same for pictures in Predict."""

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from cnnapp.images import prepare
from tests.kit.array_trees import npz, png16
from tests.kit.image_trees import read, take

RNG = np.random.default_rng(3)
PIXELS, LABELS = RNG.integers(0, 256, (30, 9, 8), np.uint8), np.arange(30) % 3


def written(tmp_path, images):
    return npz(tmp_path / "set.npz", x_train=images[:20], y_train=LABELS[:20], x_test=images[20:], y_test=LABELS[20:])


def all_images(taken):
    return np.concatenate([np.asarray(taken.train.images), np.asarray(taken.test.images)])[..., 0]


def bent(low, high):
    """0-1, but for one value below and one above."""
    images = PIXELS / 255
    images[0, 0, 0], images[1, 0, 0] = low, high
    return images


@pytest.mark.parametrize(("low", "high"), [(0, 1.0000001), (0, 1 + 2**-10), (-1e-7, 1), (-0.001, 1.0015)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_little_beyond_0_to_1_is_0_to_1(home, tmp_path, low, high, kind):
    taken = take(written(tmp_path, bent(low, high).astype(kind)))
    expected = PIXELS.copy()
    expected[0, 0, 0], expected[1, 0, 0] = 0, 255
    assert np.array_equal(all_images(taken), expected)
    assert taken.manifest.converted == {"float scaled": 30}
    assert ["were taken for 0 to 1" in told for told in taken.manifest.notices] == [True]


@pytest.mark.parametrize(
    ("images", "words", "ranges"),
    [
        (PIXELS / 170, "from 0 to 1.5", ["0 to 255", "0 to 1.5"]),
        (PIXELS / 255 * 16, "from 0 to 16", ["0 to 255", "0 to 16"]),
        (PIXELS / 127.5 - 1, "from −1 to 1", ["-1 to 1"]),
        ((PIXELS - 127.3) / 60, "from −2.1", None),
        (PIXELS * 3.7, "to 943.5", ["0 to 943.5"]),
    ],
    ids=["1.5", "16 levels", "-1 to 1", "standardised", "943.5"],
)
def test_other_floats_are_asked_for(home, tmp_path, images, words, ranges):
    path = written(tmp_path, images)
    with pytest.raises(CnnAppError, match="black and white") as refusal:
        take(path)
    assert words in str(refusal.value)
    reading, _ = read(path)
    offered = [way.value for way in reading.question.alternatives]
    assert ranges is None or offered == ranges
    taken = take(path, choices={"alternative": offered[-1]})
    assert np.abs(all_images(taken).astype(int) - PIXELS).max() <= 1 + 2 * (ranges is None)
    assert "as chosen" in taken.manifest.notices[0]


def test_a_chosen_range_clips_and_says_so(home, tmp_path):
    taken = take(written(tmp_path, PIXELS / 127.5 - 1), choices={"pixel_range": (0, 1)})
    assert np.array_equal(all_images(taken), np.clip(PIXELS * 2.0 - 255, 0, 255).round())
    assert "what lies outside is clipped" in taken.manifest.notices[0]


DEEP = {
    "12 bits": (727 + PIXELS.astype(np.int64) * 4, np.uint16),
    "12 bits, signed": (PIXELS.astype(np.int64) * 16, np.int16),
    "Hounsfield": (PIXELS.astype(np.int64) * 12 - 1000, np.int16),
    "14 bits": (PIXELS.astype(np.int64) * 64, np.int32),
    "12 bits as floats": (PIXELS.astype(np.int64) * 16, np.float32),
}


@pytest.mark.parametrize(("values", "kind"), DEEP.values(), ids=DEEP)
def test_a_part_of_16_bits_keeps_its_levels(home, tmp_path, values, kind):
    taken = take(written(tmp_path, values.astype(kind)))
    assert np.array_equal(all_images(taken), PIXELS)
    assert taken.preprocess.value_range == (values.min(), values.max())
    assert taken.manifest.converted == {"16-bit scaled": 30}
    assert "these become 0 and 255, for pictures in Predict too" in taken.manifest.notices[0]


def test_predict_reads_pictures_by_the_same_range(home, tmp_path):
    values = RNG.integers(727, 1639, (30, 16, 16)).astype(np.uint16)
    taken = take(written(tmp_path, values))
    for row in range(3):
        assert np.array_equal(prepare(png16(values[row]), "a slice", taken.preprocess).seen, taken.train.images[row])


def test_all_of_16_bits_is_as_a_file_of_16_bits(home, tmp_path):
    values = RNG.integers(0, 65536, (30, 16, 16)).astype(np.uint16)
    taken = take(written(tmp_path, values))
    assert taken.preprocess.value_range is None
    assert np.array_equal(all_images(taken), (values.astype(np.uint32) * 255 + 32767) // 65535)
    assert np.array_equal(prepare(png16(values[0]), "a picture", taken.preprocess).seen, taken.train.images[0])


@pytest.mark.parametrize("kind", [np.uint8, np.int32])
def test_few_levels_are_taken_as_they_are_but_told(home, tmp_path, kind):
    taken = take(written(tmp_path, (PIXELS // 16).astype(kind)))
    assert np.array_equal(all_images(taken), PIXELS // 16)
    assert "the images are dark" in taken.manifest.notices[0]
    chosen = take(tmp_path / "set.npz", choices={"pixel_range": (0, 15)})
    assert np.array_equal(all_images(chosen), PIXELS // 16 * 17)


def test_floats_a_little_beyond_0_to_255_are_clipped(home, tmp_path):
    images = PIXELS.astype(np.float32)
    images[0, 0, 0], images[0, 0, 1] = 255.3, -0.2
    expected = PIXELS.copy()
    expected[0, 0, 0], expected[0, 0, 1] = 255, 0
    assert np.array_equal(all_images(take(written(tmp_path, images))), expected)
