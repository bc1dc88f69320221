"""CIFAR's python archives and MNIST's idx files, written as their authors wrote them; pickles that want more."""

import contextlib
import gzip
import os
import pickle  # noqa: TID251 (the tests write what the app must read with care)
import struct

import numpy as np
import pytest

from cnnapp.datasets.sources import restricted
from cnnapp.errors import CnnAppError
from tests.kit.array_trees import idx
from tests.kit.image_trees import as_folder, as_tar, as_zip, take

RNG = np.random.default_rng(4)


def pickled(value):
    return pickle.dumps(value, protocol=2)


def batch(count, labels="labels", classes=10):
    return {
        "batch_label": "a batch",
        labels: [place % classes for place in range(count)],
        "data": RNG.integers(0, 256, (count, 3072), np.uint8),
        "filenames": [f"{place}.png" for place in range(count)],
    }


@pytest.fixture
def ten():
    names = ["airplane", "automobile", *"cdefghij"]
    batches = {f"data_batch_{number}": batch(20) for number in range(1, 6)} | {"test_batch": batch(20)}
    return batches, {"batches.meta": {"label_names": names, "num_vis": 3072}}


def cifar(path, *parts, folder="cifar-10-batches-py"):
    return as_tar(path, {f"{folder}/{name}": pickled(value) for part in parts for name, value in part.items()})


def test_cifar_10_python_archive(home, tmp_path, ten):
    batches, meta = ten
    taken = take(cifar(tmp_path / "cifar-10-python.tar.gz", batches, meta))
    assert (taken.manifest.train, taken.manifest.test, taken.manifest.image_shape) == (100, 20, (32, 32, 3))
    assert taken.manifest.class_names[:2] == ("airplane", "automobile")
    red, green, blue = batches["data_batch_2"]["data"][3].reshape(3, 32, 32)
    assert np.array_equal(taken.train.images[23], np.stack([red, green, blue], 2))
    assert taken.train.labels[23] == 3


def test_cifar_100_python_archive(home, tmp_path):
    names = [f"kind_{number}" for number in range(100)]
    files = {"train": batch(200, "fine_labels", 100), "test": batch(100, "fine_labels", 100)}
    meta = {"meta": {"fine_label_names": names, "coarse_label_names": []}}
    taken = take(cifar(tmp_path / "cifar-100-python.tar.gz", files, meta, folder="cifar-100-python"))
    assert (taken.manifest.train, taken.manifest.test) == (200, 100)
    assert taken.manifest.class_names[7] == "kind 7"


class Evil:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "data",
    [
        pickled(Evil(os.system, ("touch ran",))),
        pickled(Evil(eval, ("1 + 1",))),
        pickled({"data": Evil(np.load, ("x",))}),
        b"cbuiltins\nexec\n(S'1'\ntR.",
        b"cos\nsystem\n(S'touch ran'\ntR.",
    ],
    ids=["system", "eval", "numpy.load", "exec by hand", "system by hand"],
)
def test_pickle_that_wants_to_run_something_is_not_opened(home, tmp_path, monkeypatch, data):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CnnAppError, match="asks to run"):
        restricted.load_batch(data, "data_batch_1")
    assert not (tmp_path / "ran").exists()


HUGE = {
    "memory for a memo": b"\x80\x02]r\xff\xff\xff\x7f.",
    "bytes that are not there": b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"abc.",
    "a frame that is not there": b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b".",
    "a list": pickled([1, 2]),
    "nothing": b"",
    "half of it": pickled(batch(2))[:3000],
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE)
def test_damaged_or_greedy_pickle_is_refused(home, data):
    with pytest.raises(CnnAppError):
        restricted.load_batch(data, "data_batch_1")


def test_flipped_bytes_never_crash(home, ten):
    good = pickled(ten[0]["test_batch"])
    for place in np.random.default_rng(2).integers(0, len(good), 100):
        data = bytearray(good)
        data[place] ^= 0x41
        with contextlib.suppress(CnnAppError):
            restricted.load_batch(bytes(data), "test_batch")


def test_wrong_cifar_is_refused_in_one_sentence(home, tmp_path, ten):
    batches, meta = ten
    for wrong in ({"data": batches["test_batch"]["data"][:3]}, {"labels": [99] * 20}, {"labels": None}):
        changed = batches | {"test_batch": batches["test_batch"] | wrong}
        with pytest.raises(CnnAppError, match="laid out like CIFAR"):
            take(cifar(tmp_path / "c.tar.gz", changed, meta))


@pytest.fixture
def mnist():
    images, labels = RNG.integers(0, 256, (30, 28, 28), np.uint8), (np.arange(30) % 10).astype(np.uint8)
    return {
        "train-images-idx3-ubyte": images[:20],
        "train-labels-idx1-ubyte": labels[:20],
        "t10k-images-idx3-ubyte": images[20:],
        "t10k-labels-idx1-ubyte": labels[20:],
    }


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("write", [as_folder, as_zip], ids=["folder", "zip"])
def test_idx_files_of_mnist(home, tmp_path, mnist, zipped, write):
    files = {
        f"{name}.gz" if zipped else name: gzip.compress(idx(array)) if zipped else idx(array)
        for name, array in mnist.items()
    }
    taken = take(write(tmp_path / "mnist", files))
    assert np.array_equal(taken.train.images[..., 0], mnist["train-images-idx3-ubyte"])
    assert np.array_equal(taken.test.labels, mnist["t10k-labels-idx1-ubyte"])
    assert taken.manifest.class_names == tuple("0123456789")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"\0\0\x0d" + data[3:],
        lambda data: data[:4] + b"\xff" * 12 + data[16:],
        lambda _: b"",
        lambda data: gzip.compress(data)[:100],
    ],
)
def test_damaged_idx_is_refused(home, tmp_path, mnist, damage):
    files = {name: idx(array) for name, array in mnist.items()}
    files["train-images-idx3-ubyte"] = damage(files["train-images-idx3-ubyte"])
    with pytest.raises(CnnAppError, match=r"no idx file|cut short|does not hold|that it announces"):
        take(as_folder(tmp_path / "mnist", files))


def test_idx_of_different_lengths_are_refused(home, tmp_path, mnist):
    files = {name: idx(array) for name, array in mnist.items()}
    files["t10k-labels-idx1-ubyte"] = idx(np.zeros(3, np.uint8))
    with pytest.raises(CnnAppError, match="one label for each"):
        take(as_zip(tmp_path / "mnist.zip", files))
