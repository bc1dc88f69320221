"""The header of a `.npy` file, read without NumPy's parser: whoever wrote it may be hostile (NEP 1)."""

import math
import re
from typing import Any, NamedTuple

import numpy as np

from cnnapp.datasets.containers import Stream
from cnnapp.errors import CnnAppError

MAGIC = b"\x93NUMPY"
MOST_HEADER = 4096  # bytes; NumPy writes 118 for any array of numbers
MOST_AXES, MOST_DIGITS = 32, 15
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}  # of the header's length, by version of the format
_DESCR = re.compile(r"""["']descr["']\s*:\s*["']([<>|=]?)([a-zA-Z])(\d{0,9})["']""")
_ORDER = re.compile(r"""["']fortran_order["']\s*:\s*(True|False)""")
_SHAPE = re.compile(r"""["']shape["']\s*:\s*\(([0-9L, ]*)\)""")
_KINDS = "biufUS"  # numbers and texts


class Header(NamedTuple):
    """What a `.npy` file says of its array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    offset: int  # bytes before the array's own

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: Stream, name: str) -> Header:
    """Read a header from the front of a file; never more than `MOST_HEADER` bytes of it.

    Raises:
        CnnAppError: it is none, is damaged, or announces something else than numbers or texts; `name` is the array's.
    """
    start = file.read(8)
    length_bytes = _LENGTH_BYTES.get(start[6]) if len(start) == 8 and start.startswith(MAGIC) else None
    if length_bytes is None:
        raise CnnAppError(f"{name} is no NumPy array or is damaged: save it again with numpy.save.")
    length = int.from_bytes(file.read(length_bytes), "little")
    if length > MOST_HEADER:
        raise CnnAppError(
            f"{name} has a header of {length:,} bytes, an array of numbers has 118: save it again with numpy.save."
        )
    text = file.read(length)
    if len(text) < length:
        raise CnnAppError(f"{name} is cut short: copy or save it again.")
    shape, dtype, fortran_order = _parse(text.decode("latin-1"), name)
    return Header(shape, dtype, fortran_order, 8 + length_bytes + length)


def _parse(text: str, name: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    descr, order, shape = (pattern.search(text) for pattern in (_DESCR, _ORDER, _SHAPE))
    if descr is None or order is None or shape is None:
        raise CnnAppError(
            f"{name} has a header that does not tell one type of numbers and the lengths of its axes: save it again "
            "with numpy.save."
        )
    lengths = [part.strip().removesuffix("L") for part in shape[1].split(",") if part.strip()]
    good = len(lengths) <= MOST_AXES and all(part.isdigit() and len(part) <= MOST_DIGITS for part in lengths)
    if not good:
        raise CnnAppError(f"{name} announces axes that no array has: save it again with numpy.save.")
    return tuple(map(int, lengths)), _dtype(name, *descr.groups()), order[1] == "True"


def _dtype(name: str, order: str, kind: str, size: str) -> np.dtype[Any]:
    if kind == "O":
        raise CnnAppError(
            f"{name} holds Python objects (a pickle), which are not read: save it as an array of numbers."
        )
    try:
        dtype = np.dtype(f"{order}{kind}{size}") if kind in _KINDS else None
    except (TypeError, ValueError):
        dtype = None
    if dtype is None or not dtype.itemsize:
        raise CnnAppError(f"{name} has values of a type ({kind}{size}) that is not read: expected numbers.")
    return dtype
