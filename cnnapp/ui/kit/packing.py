"""What travels to the browser as bytes: pictures for components, points of charts.

For components raw bytes travel, bytes inside a dictionary do not, so pictures and what is said of them go into one
parcel.
"""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

# The other end of `pack`, for the components' scripts: meta and one Blob per picture.
UNPACK_JS = """
function unpack(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const meta = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const pictures = meta.sizes.map((size) => new Blob([bytes.slice(at, (at += size))], { type: "image/png" }));
  return { meta, pictures };
}
"""


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return uint8 (h, w), (h, w, 1) or (h, w, 3) as a PNG file; fast rather than small."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def pack(meta: dict[str, Any], pictures: Sequence[NDArray[np.uint8]]) -> bytes:
    """Return `meta` and pictures as one parcel: 4-byte big-endian length, JSON, PNG files."""
    files = [encode_png(picture) for picture in pictures]
    head = json.dumps({**meta, "sizes": [len(file) for file in files]}).encode()
    return len(head).to_bytes(4, "big") + head + b"".join(files)


def pack_points(chart: dict[str, Any]) -> dict[str, Any]:
    """Return a chart of `figures.live_curves` with its tables as Arrow's bytes, as they will be sent to everybody."""
    return {**chart, "datasets": {name: _stream(table) for name, table in chart["datasets"].items()}}


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
