"""idx files, as MNIST's: two zeros, a type, the lengths of the axes, the values (LeCun, Cortes and Burges)."""

import gzip
import struct
from typing import IO, cast

import numpy as np

from cnnapp.datasets.containers import Entry, Stream
from cnnapp.datasets.sources.npy_header import Header
from cnnapp.errors import CnnAppError

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
MOST_AXES = 4


def is_called_idx(entry: Entry) -> bool:
    """Whether a file is called as MNIST's are: train-images-idx3-ubyte.gz."""
    return "idx" in entry.parts[-1].lower()


def unzipped(file: Stream, name: str) -> tuple[Stream, bool]:
    """Return the file without its gzip, and whether it has none."""
    start = _Again(file.read(len(_GZIP)), file)
    if start.ahead == _GZIP:
        return Stream(gzip.GzipFile(fileobj=cast("IO[bytes]", start), mode="rb").read, name), False
    return Stream(start.read, name), True


def read_header(file: Stream, name: str) -> Header:
    """Read a header from the front of a file.

    Raises:
        CnnAppError: it is none.
    """
    start = file.read(4)
    kind = _TYPES.get(start[2]) if len(start) == 4 and start.startswith(b"\0\0") else None
    axes = start[3] if kind else 0
    lengths = file.read(4 * axes) if axes <= MOST_AXES else b""
    if kind is None or not axes or len(lengths) < 4 * axes:
        raise CnnAppError(f"{name} is no idx file of images or labels, or is damaged: download it again.")
    return Header(struct.unpack(f">{axes}I", lengths), np.dtype(kind), False, 4 + 4 * axes)


class _Again:
    """A stream whose first bytes have been looked at."""

    def __init__(self, ahead: bytes, file: Stream) -> None:
        self.ahead, self._file = ahead, file
        self._left = ahead

    def read(self, size: int = -1) -> bytes:
        start, self._left = self._left[:size], self._left[size:]
        return start + self._file.read(size - len(start)) if size > len(start) else start
