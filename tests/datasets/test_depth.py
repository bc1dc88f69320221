"""Image files of more than 8 bits: the set's own range is found, told, kept, and used for pictures in Predict."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnapp.cli import main
from cnnapp.datasets.sources import plan as plans
from cnnapp.images import Preprocess, decode, find_range, prepare
from cnnapp.images.values import Deep, to_bytes
from tests.kit.array_trees import png16
from tests.kit.image_trees import as_zip, classes, png, read, take, under

SHAPE = (20, 20)


def tiff(values):
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.float32)).save(buffer, "TIFF")
    return buffer.getvalue()


def slices(low, high, each=5, encode=png16):
    """{"train/left/0.png": …} of values between, and the values."""
    rng = np.random.default_rng(4)
    values = {
        f"{split}/{name}/{number}.png": rng.integers(low, high + 1, SHAPE)
        for split in ("train", "test")
        for name in ("left", "right")
        for number in range(each)
    }
    return {name: encode(array) for name, array in values.items()}, values


def stored(taken):
    """The images by the names of their files."""
    return {
        file: np.asarray(image)[..., 0]
        for split in taken.splits.values()
        for file, image in zip(split.facts.files, split.images, strict=True)
    }


@pytest.mark.parametrize("encode", [png16, tiff], ids=["16-bit PNG", "float TIFF"])
@pytest.mark.parametrize(("low", "high"), [(727, 1638), (0, 4095), (30_000, 40_000)])
def test_values_keep_their_levels(home, tmp_path, low, high, encode):
    files, values = slices(low, high, encode=encode)
    taken = take(as_zip(tmp_path / "set.zip", files))
    low, high = min(array.min() for array in values.values()), max(array.max() for array in values.values())
    assert taken.preprocess.value_range == (low, high)
    assert len(np.unique(taken.train.images)) == 256
    for file, image in stored(taken).items():
        assert np.array_equal(image, np.rint((values[file] - low) * (255 / (high - low)))), file
        assert np.array_equal(prepare(files[file], file, taken.preprocess).seen[..., 0], image), file
    assert [f"{low:,} to {high:,}" in told for told in taken.manifest.notices] == [True]


def test_kept_files_are_read_by_the_range_again(home, tmp_path, monkeypatch):
    files, _ = slices(0, 4095)
    raw = stored(take(as_zip(tmp_path / "set.zip", files)))
    monkeypatch.setattr(plans, "FREE_SHARE", 0)  # no room for pixels
    kept = take(tmp_path / "set.zip")
    assert kept.manifest.encoding == "files"
    assert all(np.array_equal(image, raw[file]) for file, image in stored(kept).items())


def test_a_full_range_is_as_it_was(home, tmp_path):
    files, values = slices(0, 65535)
    taken = take(as_zip(tmp_path / "set.zip", files))
    assert taken.preprocess == Preprocess(image_shape=(*SHAPE, 1))
    for file, image in stored(taken).items():
        assert np.array_equal(image, (values[file] * 255 + 32767) // 65535)
    assert taken.manifest.notices == ()


def test_sets_of_8_bits_are_not_looked_at_twice(home, tmp_path, monkeypatch):
    monkeypatch.setattr("cnnapp.datasets.sources.image_files.find_set_range", None)
    taken = take(as_zip(tmp_path / "set.zip", classes("ant", "bee", shape=(12, 10, 1))))
    assert taken.preprocess.value_range is None


def test_a_deep_image_among_the_last_starts_anew(home, tmp_path):
    files = under("train", classes("ant", "bee", each=40, shape=(*SHAPE, 1))) | under(
        "test", classes("ant", "bee", each=4, start=200, shape=(*SHAPE, 1))
    )
    values = np.random.default_rng(0).integers(0, 1000, SHAPE)
    files |= {"train/bee/z.png": png16(values), "train/bee/zz.png": png(999)}  # and then one in colour
    taken = take(as_zip(tmp_path / "set.zip", files))
    assert taken.preprocess.image_shape[2] == 3
    assert taken.preprocess.value_range == (values.min(), values.max())
    last = dict(zip(taken.train.facts.files, taken.train.images, strict=True))["train/bee/z.png"]
    assert np.array_equal(last[..., 0], to_bytes(values, values.min(), values.max()))


def test_a_chosen_range(home, tmp_path):
    files, values = slices(0, 4095)
    taken = take(as_zip(tmp_path / "set.zip", files), choices={"pixel_range": (1000, 2000)})
    assert taken.preprocess.value_range == (1000, 2000)
    for file, image in stored(taken).items():
        assert np.array_equal(image, np.clip(np.rint((values[file] - 1000) * 0.255), 0, 255))
    assert "clipped to the set's range" in taken.manifest.converted


def test_the_pictures_of_a_reading_are_not_black(home, tmp_path):
    files, _ = slices(700, 1700)
    _, pictures = read(as_zip(tmp_path / "set.zip", files))
    assert all(np.ptp(picture) > 200 for picture in pictures)


def test_predict_tells_of_pictures_that_the_range_does_not_fit(home):
    preprocess = Preprocess(image_shape=(*SHAPE, 1), value_range=(727, 1638))
    bright = prepare(png16(np.full((30, 30), 5000)), "bright", preprocess)
    assert (bright.seen == 255).all()
    assert "clipped to the set's range" in bright.notices
    shallow = prepare(png(1, (30, 30, 1)), "shallow", preprocess)
    assert shallow.notices == ("8-bit values, not scaled by the set's range of 727 to 1,638",)
    assert prepare(png(1, (*SHAPE, 1)), "the set's own", preprocess).notices == ()


@pytest.mark.workers
def test_a_set_can_be_checked_and_older_ones_read(home, tmp_path, capsys):
    files, _ = slices(727, 1638)
    taken = take(as_zip(tmp_path / "set.zip", files))
    assert main(["check", "taken"]) == 0
    told = taken.preprocess.model_dump()
    del told["value_range"]
    assert Preprocess.model_validate(told).value_range is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([Deep(0, 65535, 65535)], None),
        ([Deep(0, 40_000, 65535), Deep(5, 9, 65535)], None),
        ([Deep(0, 9, 65535), Deep(5, 4095, 65535)], (0, 4095)),
        ([Deep(0, 4095, 4095)], None),
        ([Deep(0, 1, 1), Deep(0, 0.2, 1)], None),
        ([Deep(0, 1, 1), Deep(0, 200, 255)], (0, 200)),
        ([Deep(-1000, 3000, None)], (-1000, 3000)),
        ([Deep(7, 7, 65535)], None),
    ],
)
def test_when_a_range_is_needed(found, expected):
    assert find_range(found) == expected


@pytest.mark.parametrize("top", [1.0000001, 1.0015, 1])
def test_floats_a_little_beyond_1_are_0_to_1(top):
    values = np.linspace(0, 1, 400).reshape(20, 20)
    values[-1, -1] = top
    assert np.abs(decode(tiff(values)).pixels[..., 0] - values * 255).max() <= 0.6
