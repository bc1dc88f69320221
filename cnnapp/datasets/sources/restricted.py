"""Pickles of NumPy arrays, read without running anything of them: CIFAR's python archives are such files."""

import io
from pickle import _Unpickler  # noqa: TID251 (restricted below to names of our own)
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.errors import CnnAppError

MOST_BYTES = 256 * 1024**2  # of one pickle; CIFAR-100's largest has 155 MB


class _Dtype:
    """Stands for numpy.dtype; only bytes and whole numbers are taken."""

    def __init__(self, kind: Any = "", *_: Any) -> None:
        self.kind = kind.decode() if isinstance(kind, bytes) else str(kind)

    def __setstate__(self, _state: Any) -> None:
        """Take nothing: byte order means nothing for what is accepted."""


class _Array:
    """Stands for numpy.ndarray: its state is kept and checked, NumPy never sees it."""

    def __init__(self, *_: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def pixels(self) -> NDArray[np.uint8]:
        """Return the array of bytes; raises ValueError when the state is that of another one."""
        _, shape, dtype, fortran_order, data = self.state
        if dtype.kind != "u1":
            raise ValueError(f"an array of {dtype.kind}")
        order: Any = "F" if fortran_order else "C"
        return np.frombuffer(data, np.uint8).reshape(shape, order=order)


_NAMES = {
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _Array for core in ("core", "_core")},
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): lambda text, _encoding="latin1": text.encode("latin1"),  # how Python 3 wrote bytes for 2
}


class _Restricted(_Unpickler):  # the one in Python: the one in C lets a file ask for any memory
    def find_class(self, module: str, name: str) -> Any:
        """Return our own stand-in; nothing is ever imported."""
        try:
            return _NAMES[module, name]
        except KeyError:
            raise CnnAppError(
                f"The archive asks to run {module[:40]}.{name[:40]}, which no set of images needs: it was not opened."
            ) from None


def load_batch(data: bytes, name: str) -> dict[str, Any]:
    """Read a pickled dictionary of arrays, lists, texts and numbers.

    Args:
        data: the pickle.
        name: what to call it in errors.

    Returns:
        Its items: arrays as uint8 arrays, the rest as it is (texts may be bytes).

    Raises:
        CnnAppError: it is damaged, is something else, or asks for anything to be run.
    """
    try:
        if len(data) > MOST_BYTES:
            raise ValueError("too large")
        loaded = _Restricted(io.BytesIO(data), encoding="bytes").load()
        return {
            key.decode() if isinstance(key, bytes) else str(key): value.pixels() if isinstance(value, _Array) else value
            for key, value in loaded.items()
        }
    except CnnAppError:
        raise
    except Exception:  # a damaged pickle can raise anything
        raise CnnAppError(f"{name} is damaged or no part of CIFAR: download the archive again.") from None
