"""Archives of the forms whose bytes are pixels, broken or lying: each is to be refused in one sentence."""

import struct

import numpy as np

from tests.kit.array_trees import npy
from tests.kit.hostile.arrays import header

BITMAPS = np.arange(12 * 784, dtype=np.uint32).astype(np.uint8).reshape(12, 784)
_GOOD = npy(BITMAPS)
_BODY = BITMAPS.tobytes()

Files = dict[str, bytes]


def _beside(data: bytes) -> Files:
    """A good file of bitmaps, and one that is not."""
    return {"ant.npy": _GOOD, "bee.npy": data}


QUICKDRAW: dict[str, Files] = {
    "one class": {"ant.npy": _GOOD},
    "empty": _beside(b""),
    "header alone": _beside(_GOOD[:128]),
    "cut": _beside(_GOOD[:-1]),
    "longer": _beside(_GOOD + b"x"),
    "no rows": _beside(npy(np.zeros((0, 784), np.uint8))),
    "wide": _beside(npy(np.zeros((12, 785), np.uint8))),
    "one axis": _beside(npy(np.zeros(784, np.uint8))),
    "three axes": _beside(npy(np.zeros((3, 784, 3), np.uint8))),
    "columns first": _beside(npy(np.asfortranarray(BITMAPS))),
    "floats": _beside(npy(np.zeros((12, 784)))),
    "nan": _beside(npy(np.full((12, 784), np.nan, np.float32))),
    "texts": _beside(npy(np.full((12, 784), "x"))),
    "objects": _beside(header("(12, 784)", "'|O'") + _BODY),
    "huge": _beside(header("(9000000000, 784)") + _BODY),
    "negative": _beside(header("(-12, 784)") + _BODY),
    "overflow": _beside(header(f"({2**60}, 784)") + _BODY),
    "code": _beside(header("(12, 784)", "__import__('os')") + _BODY),
    "header of a gigabyte": _beside(header("(12, 784)", version=2, length=1 << 30) + bytes(5000)),
    "nested": _beside(header("(" * 900 + "12, 784") + _BODY),
    "a pickle": _beside(b"\x80\x04\x95\0\0\0\0\0\0\0\0." + _BODY),
    "same class twice": {"ant.npy": _GOOD, "Ant.npy": _GOOD},
}

_RECORDS = np.zeros((10, 3073), np.uint8)
_RECORDS[:, 0] = np.arange(10)
_BATCH = _RECORDS.tobytes()
_NAMES = b"\n".join(b"name %d" % number for number in range(10))


def _ten(**changed: bytes) -> Files:
    files = {f"data_batch_{number}.bin": _BATCH for number in range(1, 6)}
    files |= {"test_batch.bin": _BATCH, "batches.meta.txt": _NAMES}
    return {f"c/{name}": data for name, data in (files | {f"{k}.bin": v for k, v in changed.items()}).items()}


def _named(names: bytes) -> Files:
    return _ten() | {"c/batches.meta.txt": names}


def _hundred(record: bytes, names: bytes = b"a\nb") -> Files:
    return {"train.bin": record * 4, "test.bin": record * 2, "fine_label_names.txt": names}


CIFAR: dict[str, Files] = {
    "empty": _ten(data_batch_1=b""),
    "empty test": _ten(test_batch=b""),
    "one byte": _ten(data_batch_2=b"x"),
    "cut": _ten(data_batch_5=_BATCH[:-1]),
    "longer": _ten(test_batch=_BATCH + b"x"),
    "wrong records": _ten(data_batch_3=bytes(3072 * 10)),
    "label 10": _ten(data_batch_1=b"\x0a" + _BATCH[1:]),
    "label 255": _ten(test_batch=b"\xff" + _BATCH[1:]),
    "last label": _ten(data_batch_5=_BATCH[:-3073] + b"\x63" + _BATCH[-3072:]),
    "shifted": _ten(data_batch_1=b"\xff" * 3073 + _BATCH),
    "all 255": _ten(data_batch_1=b"\xff" * len(_BATCH)),
    "a pickle": _ten(data_batch_1=b"\x80\x04\x95" + bytes(100)),
    "a zip": _ten(data_batch_1=b"PK\x03\x04" + bytes(3000)),
    "names twice": _named(b"cat\ncat\n" + _NAMES),
    "numbers as names": _named(b"3\n2\n"),
    "long names file": _named(b"x" * 70_000),
    "many names": _named(b"\n" * 66_000),
    "names alike": _named(b"a\x00\na\x01\n"),
    "names alike in 100": _named(b"x" * 101 + b"\n" + b"x" * 102),
    "hundred of other records": _hundred(bytes(3073)),
    "hundred with label 100": _hundred(b"\x01\x64" + bytes(3072)),
    "hundred of nothing": _hundred(b""),
    "hundred of half": _hundred(struct.pack("<I", 1)),
}
