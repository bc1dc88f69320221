"""Import of .npz archives: what is taken, what is changed with a notice, what is refused in one sentence."""

import contextlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets import store
from cnnapp.datasets.sources.ink_guess import GUESSED, looks_like_ink
from cnnapp.errors import CnnAppError
from cnnapp.images import InkRule
from cnnapp.settings import settings
from tests.kit.image_trees import take

RNG = np.random.default_rng(5)
PIXELS = RNG.integers(0, 256, (30, 6, 5), np.uint8)
LABELS = np.arange(30) % 3


def archive(tmp_path, **changed):
    """Write 20 + 10 images in 3 classes, with arrays replaced or (None) left out."""
    given = {"x_train": PIXELS[:20], "y_train": LABELS[:20], "x_test": PIXELS[20:], "y_test": LABELS[20:], **changed}
    path = tmp_path / "given.npz"
    np.savez(path, **{name: array for name, array in given.items() if array is not None})
    return path


def test_keras_layout_is_taken_as_it_is(home, tmp_path):
    taken = take(archive(tmp_path))
    assert np.array_equal(taken.train.images[..., 0], PIXELS[:20])
    assert np.array_equal(taken.test.images[..., 0], PIXELS[20:])
    assert np.array_equal(taken.test.labels, LABELS[20:])
    assert taken.manifest.class_names == ("0", "1", "2")
    assert (taken.manifest.converted, taken.manifest.notices) == ({}, ())


@pytest.mark.parametrize("shape", [(30, 6, 5, 1), (30, 6, 5, 3)])
def test_images_with_a_channel_axis(home, tmp_path, shape):
    images = RNG.integers(0, 256, shape, np.uint8)
    taken = take(archive(tmp_path, x_train=images[:20], x_test=images[20:]))
    assert np.array_equal(taken.train.images, images[:20])


@pytest.mark.parametrize(
    ("images", "kind"),
    [
        (PIXELS / 255, "float scaled"),
        ((PIXELS / 255).astype(np.float32), "float scaled"),
        (PIXELS.astype(np.float64), "float rounded"),
        (PIXELS.astype(np.int64), "integer narrowed"),
        (PIXELS.astype(">u2"), "integer narrowed"),
        (np.asfortranarray(PIXELS), None),
    ],
    ids=["0-1", "0-1 single", "0-255", "int64", "big-endian", "columns first"],
)
def test_other_numbers_become_the_same_pixels(home, tmp_path, images, kind):
    taken = take(archive(tmp_path, x_train=images[:20], x_test=images[20:]))
    assert np.array_equal(taken.train.images[..., 0], PIXELS[:20])
    assert taken.manifest.converted == ({kind: 30} if kind else {})


def test_two_valued_images_become_black_and_white(home, tmp_path):
    images = PIXELS > 127
    taken = take(archive(tmp_path, x_train=images[:20], x_test=images[20:]))
    assert np.array_equal(taken.train.images[..., 0], images[:20] * np.uint8(255))
    assert taken.manifest.converted == {"0-1 scaled": 30}


@pytest.mark.parametrize(
    "labels",
    [
        LABELS[:, None],
        np.eye(3)[LABELS],
        np.eye(3, dtype=bool)[LABELS],
        LABELS.astype(np.float32),
        LABELS.astype(np.uint8),
    ],
    ids=["column", "one-hot", "one-hot bool", "float", "bytes"],
)
def test_labels_in_other_forms(home, tmp_path, labels):
    taken = take(archive(tmp_path, y_train=labels[:20], y_test=labels[20:]))
    assert np.array_equal(taken.train.labels, LABELS[:20])
    assert np.array_equal(taken.test.labels, LABELS[20:])


def test_classes_are_called_by_their_numbers(home, tmp_path):
    taken = take(archive(tmp_path, y_train=LABELS[:20] * 7 + 1, y_test=LABELS[20:] * 7 + 1))
    assert taken.manifest.class_names == ("1", "8", "15")
    assert np.array_equal(taken.train.labels, LABELS[:20])


def test_classes_are_called_by_their_names(home, tmp_path):
    taken = take(archive(tmp_path, class_names=np.array(["ant", "bee", "cat", "dog"])))
    assert taken.manifest.class_names == ("ant", "bee", "cat", "dog")
    assert taken.manifest.notices == ()


def test_without_a_test_part_one_is_taken_from_training(home, tmp_path):
    taken = take(archive(tmp_path, x_train=PIXELS, y_train=LABELS, x_test=None, y_test=None))
    assert (taken.manifest.train, taken.manifest.test) == (26, 4)
    together = [image.tobytes() for split in (taken.train, taken.test) for image in np.asarray(split.images)]
    assert sorted(together) == sorted(image.tobytes() for image in PIXELS)
    assert "no test part: 4 of its 30" in taken.manifest.notices[0]


REFUSED = {
    "no labels": ({"y_train": None}, "y_train missing"),
    "half a test part": ({"x_test": None}, "y_test is there without its images"),
    "objects": ({"x_train": np.array([{"a": 1}] * 20, object)}, "x_train holds Python objects"),
    "object labels": ({"y_train": np.array(["a", 1] * 10, object)}, "y_train holds Python objects"),
    "text": ({"x_train": np.array(["a"] * 20)}, "x_train has values of type <U1"),
    "complex": ({"x_train": PIXELS[:20] * 1j}, "a type (c16) that is not read"),
    "records": ({"x_train": np.zeros(20, [("a", "u1"), ("b", "f4")])}, "does not tell one type of numbers"),
    "one class": ({"y_train": LABELS[:20] * 0, "y_test": LABELS[20:] * 0}, "at least two classes"),
    "negative labels": ({"y_train": LABELS[:20] - 1}, "labels from −1 to 1"),
    "fractions": ({"y_train": LABELS[:20] / 2}, "fractions or NaN"),
    "not one-hot": ({"y_train": np.ones((20, 3))}, "not one-hot"),
    "labels as text": ({"y_train": np.array(["a", "b"] * 10)}, "y_train holds text labels: expected whole numbers"),
    "too few labels": ({"y_train": LABELS[:19]}, "20 images but y_train has shape (19,)"),
    "other images in test": ({"x_test": PIXELS[20:, :4]}, "expected one shape for both"),
    "channels first": ({"x_train": np.zeros((20, 3, 6, 5), np.uint8)}, "channels first"),
    "four channels": ({"x_train": np.zeros((20, 6, 5, 4), np.uint8)}, "expected (images, height, width)"),
    "vectors": ({"x_train": np.zeros((20, 30), np.uint8)}, "expected (images, height, width)"),
    "no images": ({"x_train": PIXELS[:0], "y_train": LABELS[:0]}, "no images in it"),
    "no pixels": ({"x_train": PIXELS[:20, :0], "x_test": PIXELS[20:, :0]}, "no images in it"),
    "NaN": ({"x_train": np.where(PIXELS[:20] > 250, np.nan, PIXELS[:20])}, "NaN or infinite"),
    "standardised": ({"x_train": PIXELS[:20] / 127.5 - 1, "x_test": PIXELS[20:] / 127.5 - 1}, "from −1 to 1"),
    "two ranges": ({"x_train": PIXELS[:20] / 255}, "different ranges, 0 to 1 and 0 to 255"),
    "many classes": ({"y_train": np.zeros((20, 1001))}, "more than 1,000 classes"),
    "no columns": ({"y_train": np.zeros((20, 0))}, "no labels in it"),
    "too few names": ({"class_names": np.array(["ant", "bee"])}, "2 different names for 3 classes"),
    "the same name twice": ({"class_names": np.array(["ant", "bee", "ant"])}, "2 different names for 3 classes"),
}


@pytest.mark.parametrize(("changed", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_in_one_sentence(home, tmp_path, changed, sentence):
    with pytest.raises(CnnAppError) as refusal:
        take(archive(tmp_path, **changed))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert datasets.info("digits").name not in str(store.stored_names())
    assert store.stored_names() == []


def test_file_of_something_else_is_refused(home, tmp_path):
    for number, data in enumerate((b"", b"PK\x03\x04", b"\x93NUMPY", b"a" * 1000)):
        path = tmp_path / f"{number}.npz"
        path.write_bytes(data)
        with pytest.raises(CnnAppError, match=r"\.npz|damaged or cut short|no NumPy array|missing|no data set"):
            take(path)


def test_flipped_bytes_anywhere_never_crash_nor_change_pixels(home, tmp_path):
    path = archive(tmp_path)
    good = path.read_bytes()
    label_of = {image.tobytes(): label for image, label in zip(PIXELS, LABELS, strict=True)}
    for place in np.random.default_rng(1).integers(0, len(good), 60):
        data = bytearray(good)
        data[place] ^= 0x55
        path.write_bytes(data)
        with contextlib.suppress(CnnAppError):
            taken = take(path)
            for image, label in zip(taken.train.images, taken.train.labels, strict=True):
                assert label_of[image.tobytes()] == label


def member(path: Path, name: str, shape: tuple[int, ...], data: bytes) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{name}.npy", header.getvalue() + data)


def test_announced_size_must_be_the_real_one(home, tmp_path):
    path = archive(tmp_path, x_train=None)
    member(path, "x_train", (20, 6, 10**12), b"0" * 600)
    with pytest.raises(CnnAppError, match="does not have the size that it announces"):
        take(path)


def test_bomb_is_refused_before_it_is_unpacked(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNAPP_MAX_DATASET_MB", "1")
    settings.cache_clear()
    path = archive(tmp_path, x_train=None)
    member(path, "x_train", (20, 1000, 1000), bytes(20_000_000))
    assert path.stat().st_size < 50_000
    with pytest.raises(CnnAppError, match="CNNAPP_MAX_DATASET_MB"):
        take(path)
    assert list((settings().home / "spool").iterdir()) == []


def test_a_long_list_of_members_is_refused_by_what_it_lacks(home, tmp_path):
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(6000):
            file.writestr(f"{number}.npy", b"")
    with pytest.raises(CnnAppError, match=r"x_train and y_train missing.*found 0, 1, 2"):
        take(path)


def test_member_names_are_never_paths(home, tmp_path):
    path = archive(tmp_path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../../x_train.npy", b"evil")
        file.writestr("/y.npy", b"evil")
    assert take(path).manifest.train == 20
    assert sorted(found.name for found in (settings().home / "spool").iterdir()) == [
        f"{place}.raw" for place in range(4)
    ]


def handwriting(count, shape=(28, 28)):
    images = np.zeros((count, *shape), np.uint8)
    images[:, 6:22, 12:16] = 255
    return images


def test_ink_is_guessed_by_pixels_and_may_be_overruled(home, tmp_path):
    labels = np.arange(30) % 10
    path = archive(tmp_path, x_train=handwriting(20), y_train=labels[:20], x_test=handwriting(10), y_test=labels[20:])
    guessed = take(path)
    assert guessed.preprocess.ink == InkRule.for_mnist()
    assert guessed.manifest.notices == (GUESSED,)
    overruled = take(path, ink=False)
    assert (overruled.preprocess.ink, overruled.manifest.notices) == (None, ())


def test_ink_of_other_sets_is_measured(home, tmp_path):
    path = archive(tmp_path, x_train=255 - handwriting(20, (40, 40)), x_test=255 - handwriting(10, (40, 40)))
    rule = take(path, ink=True).preprocess.ink
    assert not rule.light_on_dark
    assert rule.box == 16 / 40


def test_photos_are_not_taken_for_ink():
    assert not looks_like_ink(PIXELS[..., None])
    assert not looks_like_ink(np.zeros((4, 8, 8, 3), np.uint8))
    assert not looks_like_ink(np.zeros((4, 8, 8, 1), np.uint8))
