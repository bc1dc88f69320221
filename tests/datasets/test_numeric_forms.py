"""Tables of pixels and SVHN's MATLAB files: pixels and labels compared, hostile ones refused."""

import contextlib

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from tests.datasets.test_array_forms import together
from tests.datasets.test_hostile_arrays import refusal
from tests.kit.hostile.numeric_forms import CSV, mats
from tests.kit.image_trees import as_folder, as_zip, read, take
from tests.kit.numeric_forms import mat, pixel_csv

RNG = np.random.default_rng(31)


def drawn(count, shape, classes=3):
    """Pictures, and their classes by turns."""
    return RNG.integers(0, 256, (count, *shape), np.uint8), np.arange(count) % classes


def by_class(pictures, labels):
    return {
        str(label): {picture.tobytes() for picture, own in zip(pictures, labels, strict=True) if own == label}
        for label in sorted(set(labels.tolist()))
    }


@pytest.mark.parametrize("options", [{}, {"separator": ";"}, {"last": True}, {"header": False}], ids=str)
def test_digits_as_kaggle_gives_them(home, tmp_path, options):
    pictures, labels = drawn(18, (28, 28, 1))
    (tmp_path / "train.csv").write_text(pixel_csv(pictures, labels, **options))
    (reading, _), taken = read(tmp_path / "train.csv"), take(tmp_path / "train.csv")
    assert together(taken) == by_class(pictures, labels)
    assert taken.manifest.image_shape == (28, 28, 1)
    assert (reading.form, reading.class_names, reading.images) == ("pixel-table", ("0", "1", "2"), 18)


@pytest.mark.parametrize("write", [as_folder, as_zip])
def test_table_of_test_images_without_labels_is_left_out(home, tmp_path, write):
    pictures, labels = drawn(18, (16, 16, 3))
    files = {"d/train.csv": pixel_csv(pictures, labels).encode(), "d/test.csv": pixel_csv(pictures).encode()}
    taken = take(write(tmp_path / "d.zip", files | {"d/sample_submission.csv": b"ImageId,Label\n1,0\n"}))
    assert together(taken) == by_class(pictures, labels)
    assert "d/test.csv was left out" in "".join(taken.manifest.notices)
    assert {skipped.file for skipped in taken.manifest.skipped} == {"d/test.csv", "d/sample_submission.csv"}


def test_tables_of_two_splits(home, tmp_path):
    train, test = drawn(18, (28, 28, 1)), drawn(6, (28, 28, 1))
    files = {"mnist_train.csv": pixel_csv(*train).encode(), "mnist_test.csv": pixel_csv(*test).encode()}
    taken = take(as_zip(tmp_path / "d.zip", files))
    assert np.array_equal(taken.train.images, train[0])
    assert np.array_equal(taken.test.images, test[0])
    assert np.array_equal(taken.test.labels, test[1])


def test_house_numbers(home, tmp_path):
    train, test = drawn(30, (32, 32, 3), 10), drawn(20, (32, 32, 3), 10)
    files = {"train_32x32.mat": mat(*train), "test_32x32.mat": mat(*test), "extra_32x32.txt": b"text"}
    path = as_folder(tmp_path / "svhn", files)
    (reading, _), taken = read(path), take(path)
    assert np.array_equal(taken.train.images, train[0])
    assert np.array_equal(taken.train.labels, train[1])
    assert np.array_equal(taken.test.images, test[0])
    assert np.array_equal(taken.test.labels, test[1])
    assert (reading.form, reading.class_names) == ("svhn", tuple("0123456789"))
    assert [skipped.file for skipped in taken.manifest.skipped] == ["extra_32x32.txt"]


@pytest.mark.parametrize("compressed", [True, False])
def test_a_lone_file_of_house_numbers(home, tmp_path, compressed):
    pictures, labels = drawn(30, (32, 32, 3), 10)
    (tmp_path / "train_32x32.mat").write_bytes(mat(pictures, labels, compressed=compressed))
    assert together(take(tmp_path / "train_32x32.mat")) == by_class(pictures, labels)


@pytest.mark.parametrize("name", CSV)
def test_hostile_table_of_pixels_is_refused(home, tmp_path, name):
    (tmp_path / "train.csv").write_bytes(CSV[name])
    refusal(lambda: take(tmp_path / "train.csv"))


@pytest.mark.parametrize("name", mats())
def test_hostile_matlab_file_is_refused(home, tmp_path, name):
    path = as_zip(tmp_path / "svhn.zip", {"train_32x32.mat": mats()[name]})
    sentence = refusal(lambda: take(path))
    assert "scipy" not in sentence.lower()


def test_flipped_bits_of_matlab_files_never_crash(home, tmp_path):
    good = mat(*drawn(12, (32, 32, 3)))
    for seed in range(30):
        rng, data = np.random.default_rng(seed), bytearray(good)
        for place in rng.integers(0, min(len(data), 600), 2):
            data[place] ^= 1 << rng.integers(8)
        path = as_zip(tmp_path / "svhn.zip", {"train_32x32.mat": bytes(data)})
        with contextlib.suppress(CnnAppError):
            take(path)
