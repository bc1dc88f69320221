"""Arrays under the names that people give them: pixels and labels come out as they went in, and it is told."""

import gzip
import zipfile

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from tests.kit.array_trees import idx, npy, npz
from tests.kit.image_trees import as_folder, as_tar, as_zip, classes, read, take

RNG = np.random.default_rng(7)
IMAGES, LABELS = RNG.integers(0, 256, (40, 6, 5, 3), np.uint8), np.arange(40) % 4
PARTS = {"train": slice(24), "validation": slice(24, 32), "test": slice(32, 40)}


def arrays(pattern, splits=("train", "test"), column=False):
    """Arrays of the parts, by names of a pattern: (images, labels) for each of `splits`."""
    found = {}
    for (images, labels), split in zip(pattern, splits, strict=True):
        found[images] = IMAGES[PARTS[split]]
        found[labels] = LABELS[PARTS[split], None] if column else LABELS[PARTS[split]]
    return found


def check(taken, splits=("train", "test")):
    assert tuple(taken.splits) == tuple(split for split in PARTS if split in splits)
    for split in splits:
        assert np.array_equal(np.asarray(taken.splits[split].images), IMAGES[PARTS[split]]), split
        assert np.array_equal(taken.splits[split].labels, LABELS[PARTS[split]]), split


THREE = ("train", "validation", "test")
HABITS = {
    "x_val": ([("x_train", "y_train"), ("x_val", "y_val"), ("x_test", "y_test")], THREE),
    "x_valid": ([("x_train", "y_train"), ("x_valid", "y_valid"), ("x_test", "y_test")], THREE),
    "x_validation": ([("x_train", "y_train"), ("x_validation", "y_validation"), ("x_test", "y_test")], THREE),
    "x_dev": ([("X_train", "Y_train"), ("X_dev", "Y_dev"), ("X_test", "Y_test")], THREE),
    "medmnist": (
        [("train_images", "train_labels"), ("val_images", "val_labels"), ("test_images", "test_labels")],
        THREE,
    ),
    "scikit-learn": ([("X_train", "y_train"), ("X_test", "y_test")], ("train", "test")),
    "camel": ([("trainImages", "trainLabels"), ("testImages", "testLabels")], ("train", "test")),
    "words last": ([("images_train", "labels_train"), ("images_test", "labels_test")], ("train", "test")),
    "targets": ([("train_data", "train_targets"), ("test_data", "test_targets")], ("train", "test")),
    "numbered": ([("arr_0", "arr_1"), ("arr_2", "arr_3")], ("train", "test")),
    "numbered thrice": ([("arr_0", "arr_1"), ("arr_2", "arr_3"), ("arr_4", "arr_5")], THREE),
    "numbered, images first": ([("arr_0", "arr_2"), ("arr_1", "arr_3")], ("train", "test")),
}


@pytest.mark.parametrize("column", [False, True], ids=["flat", "column"])
@pytest.mark.parametrize(("pattern", "splits"), HABITS.values(), ids=HABITS)
def test_names_of_other_habits(home, tmp_path, pattern, splits, column):
    taken = take(npz(tmp_path / "set.npz", **arrays(pattern, splits, column)))
    check(taken, splits)
    (told,) = taken.manifest.notices
    for images, labels in pattern:
        assert f"{images} and {labels} for" in told


@pytest.mark.parametrize("names", [("images", "labels"), ("data", "target"), ("X", "y"), ("arr_0", "arr_1")])
def test_one_pair_is_divided(home, tmp_path, names):
    taken = take(npz(tmp_path / "set.npz", **{names[0]: IMAGES, names[1]: LABELS}))
    assert (taken.manifest.train, taken.manifest.test) == (34, 6)
    label_of = {image.tobytes(): label for image, label in zip(IMAGES, LABELS, strict=True)}
    for split in taken.splits.values():
        assert [label_of[image.tobytes()] for image in np.asarray(split.images)] == split.labels.tolist()
    assert "no test part" in taken.manifest.notices[1]


def test_a_bunch_of_scikit_learn(home, tmp_path):
    given = {"data": IMAGES.reshape(40, -1), "target": LABELS, "images": IMAGES, "target_names": np.array(list("abcd"))}
    taken = take(npz(tmp_path / "set.npz", **given))
    assert taken.manifest.class_names == tuple("abcd")
    assert [(left.file, left.reason) for left in taken.manifest.skipped] == [("data", "images is used in its place")]


def test_validation_without_test(home, tmp_path):
    path = npz(tmp_path / "set.npz", **arrays([("x_train", "y_train"), ("x_val", "y_val")], THREE[:2]))
    validates = take(path)
    assert np.array_equal(np.asarray(validates.validation.images), IMAGES[PARTS["validation"]])
    assert (validates.manifest.train, validates.manifest.test) == (20, 4)
    tests = take(path, choices={"test_from": "validation"})
    assert np.array_equal(np.asarray(tests.test.images), IMAGES[PARTS["validation"]])
    assert (tests.manifest.train, tests.validation) == (24, None)
    assert "images of the validation part are the test images" in tests.manifest.notices[1]


def test_what_is_not_used_is_told(home, tmp_path):
    given = arrays([("x_train", "y_train")], ("train",)) | {"x_test": IMAGES[:3], "weights": np.zeros(3)}
    taken = take(npz(tmp_path / "set.npz", **given))
    assert {left.file: left.reason for left in taken.manifest.skipped} == {
        "x_test": "it has no labels",
        "weights": "its name does not say that it holds images or labels of the set",
    }
    assert "no test part" in taken.manifest.notices[-1]


KERAS = [("x_train", "y_train"), ("x_test", "y_test")]


@pytest.mark.parametrize("write", [as_folder, as_zip, as_tar], ids=["folder", "zip", "tar"])
@pytest.mark.parametrize("prefix", ["", "mine/"])
def test_npy_files_side_by_side(home, tmp_path, write, prefix):
    files = {f"{prefix}{name}.npy": npy(array) for name, array in arrays(KERAS).items()}
    taken = take(write(tmp_path / "set", files | {"README.txt": b"words"}))
    check(taken)
    assert [(left.file, left.reason) for left in taken.manifest.skipped] == [("README.txt", "it is no array")]


def test_npy_files_in_folders_of_splits(home, tmp_path):
    files = {
        f"{name}.npy": npy(array) for name, array in arrays([("train/x", "train/y"), ("test/x", "test/y")]).items()
    }
    check(take(as_zip(tmp_path / "set.zip", files)))


def test_a_stray_array_beside_pictures_is_not_the_set(home, tmp_path):
    files = classes("cat", "dog") | {"features.npy": npy(np.zeros((8, 16)))}
    taken = take(as_zip(tmp_path / "set.zip", files))
    assert taken.manifest.class_names == ("cat", "dog")
    assert [left.file for left in taken.manifest.skipped] == ["features.npy"]


def test_the_same_array_twice_is_refused(home, tmp_path):
    path = npz(tmp_path / "set.npz", **arrays(KERAS))
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("x_train.npy", npy(IMAGES[:24] // 2))
    with pytest.raises(CnnAppError, match="x_train is there twice"):
        take(path)


def emnist(*sets):
    files = {}
    for number, name in enumerate(sets):
        for split, count in (("train", 20), ("test", 8)):
            images = np.full((count, 28, 28), 40 + 40 * number, np.uint8)
            images[:, 0, 0] = np.arange(count)
            files[f"gzip/emnist-{name}-{split}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
            labels = (np.arange(count) % (number + 2)).astype(np.uint8)
            files[f"gzip/emnist-{name}-{split}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels))
    return files | {"gzip/emnist-letters-mapping.txt": b"1 65 97"}


def test_several_idx_sets_are_never_mixed(home, tmp_path):
    path = as_zip(tmp_path / "emnist.zip", emnist("digits", "letters", "mnist"))
    with pytest.raises(CnnAppError, match=r"3 sets \(digits, letters, mnist"):
        take(path)
    reading, _ = read(path)
    assert [way.value for way in reading.question.alternatives] == ["digits", "letters", "mnist"]
    for choice in ({"alternative": "letters"}, {"array_set": "letters"}):
        taken = take(path, choices=choice)
        assert set(np.unique(np.asarray(taken.train.images)[:, 1:])) == {80}
        assert taken.manifest.class_names == ("0", "1", "2")
        assert len(taken.manifest.skipped) == 9
    with pytest.raises(CnnAppError, match="'digit' is no answer"):
        take(path, choices={"alternative": "digit"})


def test_idx_of_deep_integers(home, tmp_path):
    images = RNG.integers(-1000, 3000, (30, 8, 8)).astype(np.int16)
    files = {
        "train-images-idx3-short": idx(images[:20]),
        "train-labels-idx1-int": idx((np.arange(20) % 3).astype(np.int32)),
        "t10k-images-idx3-short": idx(images[20:]),
        "t10k-labels-idx1-int": idx((np.arange(10) % 3).astype(np.int32)),
    }
    taken = take(as_zip(tmp_path / "set.zip", files))
    low, high = float(images.min()), float(images.max())
    assert taken.preprocess.value_range == (low, high)
    expected = np.rint((images[:20] - low) * (255 / (high - low)))
    assert np.array_equal(np.asarray(taken.train.images)[..., 0], expected)


def test_a_reading_tells_what_an_import_makes(home, tmp_path):
    path = npz(tmp_path / "set.npz", **arrays(HABITS["medmnist"][0], THREE), spare=np.zeros(2))
    reading, pictures = read(path)
    taken = take(path)
    assert reading.class_names == taken.manifest.class_names
    assert [(part.role, part.images) for part in reading.parts] == [("train", 24), ("validation", 8), ("test", 8)]
    assert [count.images for count in reading.parts[0].classes] == list(taken.manifest.train_counts)
    assert reading.notices == taken.manifest.notices
    assert reading.becomes.image_shape == (6, 5, 3)
    assert [(left.files, left.examples) for left in reading.skipped] == [(1, ("spare",))]
    shown = reading.parts[1].classes[2].examples[1]  # validation's second image of class 2 is its row 6
    middle = pictures[shown.picture][40:56, 40:56].reshape(-1, 3)
    assert set(map(tuple, middle)) <= set(map(tuple, IMAGES[24 + 6].reshape(-1, 3)))
