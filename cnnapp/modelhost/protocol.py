"""Messages between server and model host: 4-byte big-endian length, JSON header, raw array bytes; never pickles.

Either side may have gone wrong, so sizes, dtypes and shapes are checked before memory is asked for.
"""

import json
import math
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_ARRAY_BYTES = 512 * 1024 * 1024  # all arrays of one message together
MAX_ARRAYS = 4096
MAX_DIMENSIONS = 8
_DTYPES: dict[str, np.dtype[Any]] = {"uint8": np.dtype("uint8"), "int32": np.dtype("<i4"), "float32": np.dtype("<f4")}


class ProtocolError(Exception):
    """The other side sent what no honest side sends: the connection is of no more use."""


class Message(NamedTuple):
    """A header (any JSON object) and arrays of uint8, int32 or float32."""

    header: dict[str, Any]
    arrays: list[NDArray[Any]]


def write_message(stream: BinaryIO, header: dict[str, Any], arrays: Sequence[NDArray[Any]] = ()) -> None:
    """Write one message and flush it.

    Raises:
        ProtocolError: the message is over the caps, or an array has a dtype that does not travel.
    """
    described = [{"dtype": _dtype_name(array), "shape": list(array.shape)} for array in arrays]
    text = json.dumps({**header, "arrays": described}, ensure_ascii=False).encode()
    if len(text) > MAX_HEADER_BYTES or len(arrays) > MAX_ARRAYS:
        raise ProtocolError(f"A header of {len(text)} bytes for {len(arrays)} arrays is too large to send.")
    if sum(array.nbytes for array in arrays) > MAX_ARRAY_BYTES:
        raise ProtocolError(f"More than {MAX_ARRAY_BYTES} bytes of arrays are too much to send at once.")
    stream.write(len(text).to_bytes(4, "big") + text)
    for array in arrays:
        stream.write(np.ascontiguousarray(array).reshape(-1).data.cast("B") if array.size else b"")
    stream.flush()


def read_message(stream: BinaryIO) -> Message:
    """Read one message.

    Raises:
        EOFError: the stream ended; the other side is gone.
        ProtocolError: what came is not a message within the caps.
    """
    size = int.from_bytes(_read_exactly(stream, 4), "big")
    if size > MAX_HEADER_BYTES:
        raise ProtocolError(f"A header of {size} bytes was announced; at most {MAX_HEADER_BYTES} are taken.")
    try:
        header = json.loads(_read_exactly(stream, size))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The header is not JSON.") from error
    if not isinstance(header, dict):
        raise ProtocolError("The header is not a JSON object.")
    kinds = _checked_arrays(header.pop("arrays", []))
    return Message(header, [_read_array(stream, dtype, shape) for dtype, shape in kinds])


def _dtype_name(array: NDArray[Any]) -> str:
    name = array.dtype.name
    if name not in _DTYPES:
        raise ProtocolError(f"Arrays of {name} do not travel; {', '.join(_DTYPES)} do.")
    return name


def _checked_arrays(described: Any) -> list[tuple[np.dtype[Any], tuple[int, ...]]]:
    if not isinstance(described, list) or len(described) > MAX_ARRAYS:
        raise ProtocolError("The header describes its arrays wrongly.")
    kinds = [_checked_array(entry) for entry in described]
    total = sum(dtype.itemsize * math.prod(shape) for dtype, shape in kinds)
    if total > MAX_ARRAY_BYTES:
        raise ProtocolError(f"{total} bytes of arrays were announced; at most {MAX_ARRAY_BYTES} are taken.")
    return kinds


def _checked_array(entry: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
    dtype = entry.get("dtype") if isinstance(entry, dict) else None
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise ProtocolError("An array of an unknown dtype was announced.")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise ProtocolError("An array of an impossible shape was announced.")
    if not all(type(side) is int and 0 <= side <= MAX_ARRAY_BYTES for side in shape):
        raise ProtocolError("An array of an impossible shape was announced.")
    return _DTYPES[dtype], tuple(shape)


def _read_array(stream: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    data = _read_exactly(stream, dtype.itemsize * math.prod(shape))
    return np.frombuffer(data, dtype).reshape(shape)


def _read_exactly(stream: BinaryIO, size: int) -> bytearray:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        got = stream.readinto(view[filled:])  # type: ignore[attr-defined]  # every binary pipe has it
        if not got:
            raise EOFError("The other side has ended.")
        filled += got
    return data
