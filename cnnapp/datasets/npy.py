"""`.npy` files written piece by piece."""

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnapp.datasets.manifest import ArrayFile


def write_array(
    path: Path, shape: tuple[int, ...], dtype: DTypeLike, pieces: Iterable[NDArray[np.generic]]
) -> ArrayFile:
    """Write an array piece by piece as `.npy`, so that it never lies whole in memory; return what was written."""
    kind = np.dtype(dtype)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    )
    sha = hashlib.sha256(header.getvalue())
    with path.open("wb") as file:
        file.write(header.getvalue())
        for piece in pieces:
            data = np.ascontiguousarray(piece, kind)
            sha.update(data.data)
            file.write(data.data)
        size = file.tell()
    if size != len(header.getvalue()) + int(np.prod(shape)) * kind.itemsize:
        raise RuntimeError(f"{path.name}: the source promised {shape} but gave {size} bytes")
    return ArrayFile(shape=shape, bytes=size, sha256=sha.hexdigest())
