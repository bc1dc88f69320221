"""What travels to the browser as bytes: pictures, points of charts."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return uint8 (h, w), (h, w, 1) or (h, w, 3) as a PNG file; fast rather than small."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def pack_points(chart: dict[str, Any]) -> dict[str, Any]:
    """Return a chart of `figures.live_curves` with its tables as Arrow's bytes, as they will be sent to everybody."""
    return {**chart, "datasets": {name: _stream(table) for name, table in chart["datasets"].items()}}


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
