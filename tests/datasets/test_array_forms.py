"""Quick, Draw!'s bitmaps and CIFAR's binary version: pixels and labels compared, hostile ones refused."""

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from tests.datasets.test_hostile_arrays import refusal
from tests.kit.array_trees import npy
from tests.kit.hostile.array_forms import CIFAR, QUICKDRAW
from tests.kit.image_trees import as_folder, as_tar, as_zip, images_by_class, read, take

RNG = np.random.default_rng(13)


def together(taken):
    """class -> pictures of all splits."""
    parts = [images_by_class(taken, split) for split in ("train", "test")]
    return {name: set().union(*(part.get(name, set()) for part in parts)) for name in taken.manifest.class_names}


@pytest.mark.parametrize("write", [as_folder, as_zip])
def test_bitmaps_are_one_class_for_each_file(home, tmp_path, write):
    drawn = {name: RNG.integers(0, 256, (8, 784), np.uint8) for name in ("the Eiffel Tower", "cat", "sea turtle")}
    files = {f"q/full_numpy_bitmap_{name}.npy": npy(values) for name, values in drawn.items()}
    path = write(tmp_path / "q.zip", files | {"q/readme.md": b"text"})
    reading, taken = read(path)[0], take(path)
    assert together(taken) == {name: {row.tobytes() for row in values} for name, values in drawn.items()}
    assert taken.manifest.image_shape == (28, 28, 1)
    assert (reading.form, reading.class_names) == ("quickdraw", tuple(sorted(drawn)))
    assert "one class" in "".join(taken.manifest.notices)
    assert [skipped.file for skipped in taken.manifest.skipped] == ["q/readme.md"]


def test_a_lone_file_of_bitmaps_says_what_is_missing(home, tmp_path):
    (tmp_path / "cat.npy").write_bytes(npy(RNG.integers(0, 256, (8, 784), np.uint8)))
    with pytest.raises(CnnAppError, match=r"one class \(cat\): give one file per class"):
        take(tmp_path / "cat.npy")


def records(labels, label_bytes):
    """Records as CIFAR's authors wrote them, and the pictures that they hold."""
    pictures = RNG.integers(0, 256, (len(labels), 32, 32, 3), np.uint8)
    heads = [bytes([9] * (label_bytes - 1) + [label]) for label in labels]
    planes = [picture.transpose(2, 0, 1).tobytes() for picture in pictures]
    return b"".join(head + plane for head, plane in zip(heads, planes, strict=True)), pictures


def test_cifar_10_in_binary(home, tmp_path):
    labels = [place % 10 for place in range(20)]
    batches = [records(labels, 1) for _ in range(6)]
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    files = {f"cifar-10-batches-bin/{name}.bin": data for name, (data, _) in zip(names, batches, strict=True)}
    files["cifar-10-batches-bin/batches.meta.txt"] = "\n".join([*"abcdefghi", "a_truck", ""]).encode()
    files["cifar-10-batches-bin/readme.html"] = b"text"
    taken = take(as_tar(tmp_path / "c.tar.gz", files))
    assert np.array_equal(taken.train.images, np.concatenate([pictures for _, pictures in batches[:5]]))
    assert np.array_equal(taken.test.images, batches[5][1])
    assert taken.train.labels.tolist() == labels * 5
    assert taken.manifest.class_names == (*"abcdefghi", "a truck")
    assert len(taken.manifest.skipped) == 1


def test_cifar_100_in_binary(home, tmp_path):
    train, test = [records([place % 100 for place in range(count)], 2) for count in (200, 100)]
    names = "".join(f"name_{number}\n" for number in range(100)).encode()
    path = as_zip(tmp_path / "c.zip", {"train.bin": train[0], "test.bin": test[0], "fine_label_names.txt": names})
    reading, taken = read(path)[0], take(path)
    assert np.array_equal(taken.train.images, train[1])
    assert np.array_equal(taken.test.labels, np.arange(100))
    assert reading.class_names[7] == taken.manifest.class_names[7] == "name 7"


def test_missing_names_and_batches_are_told(home, tmp_path):
    data, _ = records([place % 10 for place in range(20)], 1)
    files = {"data_batch_1.bin": data, "test_batch.bin": data, "batches.meta.txt": b"airplane\n"}
    notices = " ".join(take(as_zip(tmp_path / "c.zip", files)).manifest.notices)
    assert "names 1 of 10 classes" in notices
    assert "4 of the 5 files" in notices


@pytest.mark.parametrize("name", QUICKDRAW)
def test_hostile_bitmaps_are_refused(home, tmp_path, name):
    path = as_zip(tmp_path / "q.zip", QUICKDRAW[name])
    refusal(lambda: take(path))


@pytest.mark.parametrize("name", CIFAR)
def test_hostile_cifar_is_refused(home, tmp_path, name):
    path = as_zip(tmp_path / "c.zip", CIFAR[name])
    refusal(lambda: take(path))
