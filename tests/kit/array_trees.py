"""Arrays as files: `.npy`, `.npz`, idx."""

import io
import struct

import numpy as np
from PIL import Image

_IDX_TYPES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def idx(values):
    head = struct.pack(f">HBB{values.ndim}I", 0, _IDX_TYPES[values.dtype.name], values.ndim, *values.shape)
    return head + values.astype(values.dtype.newbyteorder(">")).tobytes()


def png16(values):
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint16)).save(buffer, "PNG")
    return buffer.getvalue()
