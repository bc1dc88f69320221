"""Parquet files that want to do harm or are broken: each is to be refused in one sentence."""

import functools
import json

import numpy as np
import pyarrow as pa

from tests.kit.image_trees import png
from tests.kit.parquets import features, hub, pictures, write

GOOD = hub()
_BYTES = pa.array([png(seed) for seed in range(12)])
_LABELS = pa.array([seed % 3 for seed in range(12)])


_NOISE = b"PAR1" + bytes(500) + np.random.default_rng(0).bytes(400) + (400).to_bytes(4, "little") + b"PAR1"
_LIST = json.dumps({"info": {"features": [1]}}).encode()


def _structs(values: list[bytes | None]) -> pa.Array:
    """Pictures as Hugging Face keeps them, each with a path that must never be opened."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return pa.array([{"bytes": value, "path": "/etc/passwd"} for value in values], kind)


def _footer(length: int) -> bytes:
    return GOOD[:-8] + length.to_bytes(4, "little") + b"PAR1"


def _page(place: int, data: bytes) -> bytes:
    """Other bytes at a place behind the first mark, where the first page's header stands."""
    return GOOD[: 4 + place] + data + GOOD[4 + place + len(data) :]


@functools.cache
def cases() -> dict[str, bytes]:
    """All files, by what is wrong with them."""
    huge_page = b"\x15\x06\x15\xfe\xff\xff\xff\x0f\x15\x04"  # Thrift: kind, unpacked bytes, packed bytes
    return {
        "mark alone": b"PAR1",
        "two marks": b"PAR1PAR1",
        "no end": GOOD[:-4],
        "cut in the footer": GOOD[:-100],
        "cut in the pages": GOOD[:200] + GOOD[-600:],
        "encrypted footer": GOOD[:-4] + b"PARE",
        "footer of 4 GB": _footer(2**32 - 1),
        "footer of nothing": _footer(0),
        "footer too long": _footer(len(GOOD)),
        "footer of noise": _NOISE,
        "page of a gigabyte": _page(0, huge_page),
        "page of negative bytes": _page(0, b"\x15\x06\x15\x01\x15\x01"),
        "header of lists": _page(0, b"\x19" * 40),
        "header of structs": _page(0, b"\x1c" * 40),
        "endless number": _page(0, b"\x15" + b"\xff" * 40),
        "no picture's bytes": write({"image": _structs([b"x" * seed for seed in range(12)]), "label": _LABELS}),
        "only paths": write({"image": _structs([None] * 12), "label": _LABELS}),
        "no picture column": write({"text": pa.array(["x"] * 12), "label": _LABELS}),
        "list of pictures": write({"image": pa.array([[png(0)]] * 12), "label": _LABELS}),
        "no label column": write({"image": _BYTES}),
        "labels with fractions": write({"image": _BYTES, "label": pa.array([float("nan"), 0.5] * 6)}),
        "null labels": write({"image": _BYTES, "label": pa.array([None] * 12, pa.int64())}),
        "negative labels": write({"image": _BYTES, "label": pa.array([-1] * 12)}),
        "labels outside the names": write({"image": pictures(range(12)), "label": pa.array([7] * 12)}, features()),
        "one class": write({"image": _BYTES, "label": pa.array([1] * 12)}),
        "lists of labels": write({"image": _BYTES, "label": pa.array([[1], [2]] * 6)}),
        "two label columns": write({"image": _BYTES, "a": _LABELS, "b": _LABELS}),
        "no rows": write({"image": _BYTES[:0], "label": _LABELS[:0]}),
        "too many rows": write({"image": pa.array([b""] * 200_001), "label": pa.array([0, 1] * 100_000 + [0])}),
        "too many columns": write({f"c{number}": _LABELS for number in range(300)}),
        "deep JSON": write({"image": _BYTES, "label": pa.array([1] * 12)}, {b"huggingface": b"[" * 100_000}),
        "features of another kind": write({"image": _BYTES, "label": pa.array([1] * 12)}, {b"huggingface": _LIST}),
        "dictionary bomb": write({"image": _bomb(), "label": pa.array([0, 1] * 1000)}, store_schema=False),
    }


def _bomb() -> pa.Array:
    """Two thousand pictures of a megabyte, all the same one, in a file of some kilobytes."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(2000, np.int32)), pa.array([bytes(1_000_000)]))


def flipped(seed: int) -> bytes:
    """The good file with some bits flipped, in the pages and, every other one, in the footer alone."""
    rng, data = np.random.default_rng(seed), bytearray(GOOD)
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for place in rng.integers(footer * (seed % 2), len(data), 3):
        data[place] ^= 1 << rng.integers(8)
    return bytes(data)
