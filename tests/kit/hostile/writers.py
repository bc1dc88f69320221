"""Image files written from their standards: Pillow cannot write all kinds, and should not judge itself."""

import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[Any]
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    """By Pillow, for the formats whose encoders are too long to write here."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def packed(samples: Array, depth: int, order: str = ">") -> bytes:
    """Rows of samples, (h, n), each row filled up to whole bytes, its first sample in the highest bits."""
    if depth >= 8:
        return samples.astype(f"{order}{samples.dtype.kind}{depth // 8}").tobytes()
    bits = (samples[:, :, None] >> np.arange(depth)[::-1]) & 1
    return np.packbits(bits.reshape(len(samples), -1).astype(np.uint8), axis=1).tobytes()


def png_chunks(*chunks: tuple[bytes, bytes]) -> bytes:
    body = (
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data)) for tag, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def png_header(width: int, height: int, depth: int, colour: int, interlace: int = 0) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)


def png_rows(samples: Array, depth: int, filters: Sequence[int] = (0,)) -> bytes:
    """Filtered rows (PNG 9.2) of samples, (h, w, channels); filters 0 (none), 1 (left), 2 (above), by turns."""
    height, width, channels = samples.shape
    flat = packed(samples.reshape(height, width * channels), depth)
    rows = np.frombuffer(flat, np.uint8).reshape(height, -1)
    step = max(1, depth * channels // 8)
    lines = []
    left = np.pad(rows, ((0, 0), (step, 0)))[:, : rows.shape[1]]
    above = np.pad(rows, ((1, 0), (0, 0)))[:-1]
    for number, row in enumerate(rows):
        kind = filters[number % len(filters)]
        filtered = (row, row - left[number], row - above[number])[kind]
        lines.append(bytes([kind]) + filtered.tobytes())
    return b"".join(lines)


def png(
    samples: Array, depth: int, colour: int, *, extra: Iterable[tuple[bytes, bytes]] = (), interlace: int = 0
) -> bytes:
    """Samples (h, w, channels) as a PNG of any kind, its data in several chunks."""
    height, width, _ = samples.shape
    if interlace:
        passes = (samples[y::down, x::right] for x, y, right, down in _ADAM7)
        raw = b"".join(png_rows(part, depth, (0, 1, 2)) for part in passes if part.size)
    else:
        raw = png_rows(samples, depth, (2, 0, 1))
    data = zlib.compress(raw)
    parts = [(b"IDAT", data[at : at + 97]) for at in range(0, len(data), 97)]
    return png_chunks(png_header(width, height, depth, colour, interlace), *extra, *parts, (b"IEND", b""))


def bmp(rows: bytes, size: tuple[int, int], bits: int, **options: Any) -> bytes:
    """Pixel data as a BMP; size is (width, height), the height negative when the first row is the top one."""
    palette, compression = options.get("palette", b""), options.get("compression", 0)
    header_bytes, masks = options.get("header_bytes", 40), options.get("masks", b"")
    if header_bytes == 12:
        header = struct.pack("<IHHHH", 12, *size, 1, bits)
    else:
        used = options.get("used", 0)
        header = struct.pack("<IiiHHIIiiII", header_bytes, *size, 1, bits, compression, len(rows), 0, 0, used, 0)
        header = (header + masks).ljust(header_bytes, b"\0") if header_bytes > 40 else header + masks
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + palette + rows


def bmp_rows(samples: Array, bits: int) -> bytes:
    """Rows (h, n) from the bottom to the top, each filled up to four bytes."""
    flat = packed(samples, bits, "<")
    rows = np.frombuffer(flat, np.uint8).reshape(len(samples), -1)[::-1]
    return np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4))).tobytes()


def run_lengths(indices: Array, bits: int) -> bytes:
    """Indices (h, w) as RLE8 or RLE4 (bits 8 or 4): runs of one, and stretches in absolute mode."""
    lines = []
    for number, row in enumerate(indices[::-1]):
        if number % 2 and 3 <= len(row) < 256:
            literal = packed(row[None], bits)
            lines.append(bytes([0, len(row)]) + literal + bytes(len(literal) % 2))
        else:
            lines += [bytes([1, int(value) << (8 - bits)]) for value in row]
        lines.append(b"\0\0")
    return b"".join(lines) + b"\0\1"


def gif_frame(indices: Array, place: tuple[int, int] = (0, 0), **options: Any) -> bytes:
    """One frame, (h, w), at (x, y); options: key (see-through index), palette (its own), interlaced."""
    height, width = indices.shape
    key, palette, interlaced = options.get("key"), options.get("palette", b""), options.get("interlaced", False)
    control = b"" if key is None else b"\x21\xf9\x04\x01\0\0" + bytes([key, 0])
    if interlaced:
        indices = np.concatenate([indices[0::8], indices[4::8], indices[2::4], indices[1::2]])
    flags = (0x87 if palette else 0) | 0x40 * interlaced
    data = _codes(indices.ravel())
    blocks = b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255))
    return control + b"\x2c" + struct.pack("<HHHHB", *place, width, height, flags) + palette + b"\x08" + blocks + b"\0"


def gif(size: tuple[int, int], palette: bytes, *frames: bytes, background: int = 0) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0xF7, background, 0) + palette + b"".join(frames) + b";"


def _codes(indices: Array) -> bytes:
    """LZW without a single repetition: the table is cleared before its codes grow to ten bits."""
    codes: list[int] = []
    for at in range(0, len(indices), 250):
        codes += [256, *indices[at : at + 250].tolist()]
    bits = (np.array([*codes, 257])[:, None] >> np.arange(9)) & 1
    return np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()
