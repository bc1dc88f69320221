"""The variables of a MATLAB 5 file by their headers, before any library unpacks one."""

import math
import struct
import zlib
from typing import NamedTuple

from cnnapp.datasets.containers import Stream
from cnnapp.datasets.containers.container import plain_text
from cnnapp.errors import CnnAppError

HEADER_BYTES = 128
MOST_VARIABLES = 20
MOST_AXES, LONGEST_NAME = 8, 64
_START = 4096  # bytes unpacked of a variable, enough for its header
_COMPRESSED, _MATRIX = 15, 14
# Classes of arrays that are numbers, with bytes for each value; the others are cells, structures, objects, sparse …
_NUMBERS = {6: 8, 7: 4, 8: 1, 9: 1, 10: 2, 11: 2, 12: 4, 13: 4, 14: 8, 15: 8}
_COMPLEX = 0x0800


class Variable(NamedTuple):
    """What a file says of one array."""

    name: str
    shape: tuple[int, ...]
    nbytes: int  # unpacked


def read_headers(file: Stream, size: int, shown: str) -> dict[str, Variable]:
    """Go through a file of `size` bytes and return its variables.

    Raises:
        CnnAppError: it is of another version, damaged, or holds something else than arrays of numbers.
    """
    head = file.read(HEADER_BYTES)
    if head.startswith((b"MATLAB 7.3", b"\x89HDF")):
        raise CnnAppError(f"{shown} is a MATLAB 7.3 file (HDF5), which is not read: save it with the option -v7.")
    if len(head) < HEADER_BYTES or not head.startswith(b"MATLAB 5.0") or head[126:128] != b"IM":
        raise CnnAppError(f"{shown} is no MATLAB file of version 5 to 7 in this computer's byte order: save it again.")
    found: dict[str, Variable] = {}
    at = HEADER_BYTES
    while at < size:
        tag = file.read(8)
        if len(tag) < 8 or len(found) > MOST_VARIABLES:
            raise _damaged(shown)
        kind, length = struct.unpack("<II", tag)
        if length > size - at - 8 or kind not in (_COMPRESSED, _MATRIX):
            raise _damaged(shown)
        start = _skipping(file, length, shown)
        variable = _variable(_unpacked(start, shown) if kind == _COMPRESSED else start, shown)
        if variable.name in found:
            raise _damaged(shown)
        found[variable.name] = variable
        at += 8 + length
    return found


def _skipping(file: Stream, length: int, shown: str) -> bytes:
    """Read over an element; return its first bytes."""
    start = file.read(min(length, _START))
    left = length - len(start)
    while left and (chunk := file.read(min(left, 1024**2))):
        left -= len(chunk)
    if left:
        raise _damaged(shown)
    return start


def _unpacked(start: bytes, shown: str) -> bytes:
    try:
        inner = zlib.decompressobj().decompress(start, _START)
    except zlib.error:
        raise _damaged(shown) from None
    if len(inner) < 8 or struct.unpack("<I", inner[:4])[0] != _MATRIX:
        raise _damaged(shown)
    return inner[8:]


def _variable(data: bytes, shown: str) -> Variable:
    """Read flags, axes and name (MAT-File Format, 1-15 to 1-18)."""
    try:
        kind, length, flags = struct.unpack_from("<III", data)
        axes_kind, axes_bytes = struct.unpack_from("<II", data, 16)
        if (kind, length, axes_kind) != (6, 8, 5) or not 8 <= axes_bytes <= 4 * MOST_AXES or axes_bytes % 4:
            raise _damaged(shown)
        shape = struct.unpack_from(f"<{axes_bytes // 4}i", data, 24)
        name, at = _name(data, 24 + -(-axes_bytes // 8) * 8)
        stored = _tag(data, at)[0]
    except struct.error:
        raise _damaged(shown) from None
    item = _NUMBERS.get(flags & 0xFF)
    if item is None or flags & _COMPLEX:
        raise CnnAppError(
            f"{shown} holds {name or 'a variable'}, which is no array of real numbers (a cell, structure or object), "
            "and is not read: save X and y alone."
        )
    if min(shape) < 0 or stored > math.prod(shape) * item:
        raise _damaged(shown)
    return Variable(name, shape, math.prod(shape) * item)


def _name(data: bytes, at: int) -> tuple[str, int]:
    """Return the name that stands at a place, and where the values' tag stands."""
    length, start = _tag(data, at)
    if length > LONGEST_NAME:
        raise struct.error
    behind = at + 8 if start == at + 4 else start + -(-length // 8) * 8
    return plain_text(data[start : start + length].decode("latin-1")), behind


def _tag(data: bytes, at: int) -> tuple[int, int]:
    """Return how many bytes an element has, and where they begin: short ones stand within their tag."""
    (tag,) = struct.unpack_from("<I", data, at)
    if tag >> 16:
        return tag >> 16, at + 4
    return struct.unpack_from("<I", data, at + 4)[0], at + 8


def _damaged(shown: str) -> CnnAppError:
    return CnnAppError(f"{shown} is damaged or cut short: copy, download or save it again.")
