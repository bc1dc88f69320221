"""Tables of pixels and MATLAB files that want to do harm or are broken: each is to be refused in one sentence."""

import functools
import struct
import zlib

import numpy as np

from tests.kit.numeric_forms import mat, pixel_csv, saved

PICTURES = np.arange(12 * 64, dtype=np.uint32).astype(np.uint8).reshape(12, 8, 8, 1)
LABELS = np.arange(12) % 3
_GOOD = pixel_csv(PICTURES, LABELS)
_HEAD, *_ROWS = _GOOD.splitlines()


def _rows(*rows: str) -> bytes:
    """The good table with other rows behind its own."""
    return "\n".join([_HEAD, *_ROWS, *rows]).encode()


def _value(text: str) -> bytes:
    """The good table with one value replaced."""
    return _rows(f"1,{text}," + ",".join(["0"] * 63))


CSV: dict[str, bytes] = {
    "header alone": _HEAD.encode(),
    "no labels": pixel_csv(PICTURES).encode(),
    "one class": pixel_csv(PICTURES, LABELS * 0).encode(),
    "short row": _rows("1,2,3"),
    "long row": _rows("1," * 5000),
    "cut": _GOOD.encode()[:-20],
    "texts": _value("x"),
    "empty cell": _value(""),
    "nan": _value("nan"),
    "inf": _value("inf"),
    "negative": _value("-1"),
    "too large": _value("256"),
    "huge": _value("1e300"),
    "huge whole": _value("9" * 400),
    "fraction": _value("0.5"),
    "hexadecimal": _value("0x10"),
    "zero byte": _value("1\0"),
    "control characters": _value("\x1b[2J"),
    "formula": _value("=1+1"),
    "negative label": _rows("-1," + ",".join(["0"] * 64)),
    "label with a fraction": _rows("0.5," + ",".join(["0"] * 64)),
    "label nan": _rows("nan," + ",".join(["0"] * 64)),
    "label huge": _rows(f"{2**40}," + ",".join(["0"] * 64)),
    "no square": ("label," + ",".join(f"p{place}" for place in range(70)) + "\n1" + ",0" * 70 + "\n").encode(),
    "one endless line": b"label," + b"0," * 2_000_000,
    "a row without end": _GOOD.encode() + b"1" * 3_000_000,
    "a pickle": b"\x80\x04\x95" + b"," * 100 + b"\n" + bytes(range(256)),
    "quotes": _value('"""'),
}


def _element(shape: tuple[int, ...], name: bytes = b"X", *, flags: int = 9, stored: int = 16) -> bytes:
    """A variable whose header announces what it likes."""
    axes = struct.pack(f"<{len(shape)}i", *shape)
    data = struct.pack("<IIII", 6, 8, flags, 0) + struct.pack("<II", 5, len(axes)) + axes + bytes(-len(axes) % 8)
    data += struct.pack("<II", 1, len(name)) + name + bytes(-len(name) % 8)
    return data + struct.pack("<II", 2, stored) + bytes(16)


def _file(*elements: bytes, packed: bool = False) -> bytes:
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM"
    plain = [struct.pack("<II", 14, len(element)) + element for element in elements]
    if packed:
        plain = [struct.pack("<II", 15, len(data)) + data for data in map(zlib.compress, plain)]
    return head + b"".join(plain)


@functools.cache
def mats() -> dict[str, bytes]:
    """All MATLAB files, by what is wrong with them."""
    pictures = np.resize(PICTURES, (12, 8, 8, 3))
    good = mat(pictures, LABELS)
    x, y = pictures.transpose(1, 2, 3, 0), LABELS[:, None]
    labels = _element((12, 1), b"y")
    return {
        "empty": b"",
        "header alone": good[:128],
        "half a header": good[:60],
        "cut": good[:-10],
        "cut in X": good[:300],
        "longer": good + b"xyz",
        "version 7.3": b"MATLAB 7.3 MAT-file".ljust(128) + bytes(500),
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(500),
        "big endian": good[:126] + b"MI" + good[128:],
        "version 4": bytes(200),
        "cells": saved({"X": np.array([[1, "a"]], object), "y": y}),
        "structure": saved({"X": {"a": 1}, "y": y}),
        "texts": saved({"X": "text", "y": y}),
        "complex": saved({"X": x * 1j, "y": y}),
        "no y": saved({"X": x}),
        "other names": saved({"data": x, "y": y}),
        "more variables": saved({"X": x, "y": y, "z": y}),
        "three axes": saved({"X": x[..., 0], "y": y}),
        "floats": saved({"X": x.astype(float), "y": y}),
        "nan labels": saved({"X": x, "y": np.full((12, 1), np.nan)}),
        "labels of 11": saved({"X": x, "y": y + 11}),
        "negative labels": saved({"X": x, "y": (y - 1).astype(np.int16)}),
        "fewer labels": saved({"X": x, "y": y[:5]}),
        "no images": saved({"X": x[..., :0], "y": y[:0]}),
        "one image": saved({"X": x[..., :1], "y": y[:1]}),
        "huge": _file(_element((32, 32, 3, 2**30)), labels),
        "huge packed": _file(_element((32, 32, 3, 300_000)), _element((300_000, 1), b"y"), packed=True),
        "negative": _file(_element((32, 32, 3, -12)), labels),
        "many axes": _file(_element((2,) * 30), labels),
        "long name": _file(_element((8, 8, 3, 12), b"X" * 1000), labels),
        "more stored": _file(_element((8, 8, 3, 12), stored=2**31), labels),
        "less stored": _file(_element((8, 8, 3, 12)), labels),
        "X twice": _file(_element((8, 8, 3, 12)), _element((8, 8, 3, 12))),
        "bad zlib": _file()[:128] + struct.pack("<II", 15, 100) + b"x" * 100,
        "element too long": _file()[:128] + struct.pack("<II", 14, 2**31) + bytes(50),
        "many variables": _file(*[_element((1, 1), b"v%d" % number) for number in range(40)]),
    }
