"""TIFF files written from the standard (TIFF 6.0 and BigTIFF)."""

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.kit.hostile.writers import Array, packed


def tiff(pages: Sequence[tuple[Array, dict[int, Any]]], order: str = "<", *, big: bool = False) -> bytes:
    """Pages of samples, (h, w, channels), and their tags: planar with 284: 2, deflated with 259: 8, tiled with 322."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    whole = head
    for number, (samples, tags) in enumerate(pages):
        whole += _tiff_page(samples, tags, (len(whole), order, big), last=number == len(pages) - 1)
    return whole


def _tiff_page(samples: Array, tags: dict[int, Any], where: tuple[int, str, bool], *, last: bool) -> bytes:
    at, order, big = where
    height, width, channels = samples.shape
    depth = tags.get(258, samples.dtype.itemsize * 8)
    pieces = _tiff_pieces(samples, tags, depth, order)
    kind = {"f": 3, "i": 2}.get(samples.dtype.kind, 1)
    every = {256: width, 257: height, 258: (depth,) * channels, 259: 1, 262: 2 if channels > 2 else 1, 277: channels}
    every |= {278: tags.get(278, height), 339: (kind,) * channels, 273: (0,) * len(pieces)}
    every |= {279: tuple(map(len, pieces))} | {tag: value for tag, value in tags.items() if tag != 258}
    if 322 in every:
        every[324], every[325] = every.pop(273), every.pop(279)
        del every[278]
    offset_tag = 324 if 322 in every else 273
    long = 20 if big else 12
    start = at + (8 if big else 2) + long * len(every) + (8 if big else 4)
    room = sum(size + size % 2 for size in map(_value_bytes, every.items()) if size > (8 if big else 4))
    places = np.cumsum([start + room, *map(len, pieces)])[:-1].tolist()
    every[offset_tag] = tuple(places)
    entries, outside = b"", b""
    for tag in sorted(every):
        values = every[tag] if isinstance(every[tag], tuple) else (every[tag],)
        letter, code = ("I", 4) if _is_long(tag) else ("H", 3)
        data = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(data) > (8 if big else 4):
            place = struct.pack(order + ("Q" if big else "I"), start + len(outside))
            outside += data + bytes(len(data) % 2)
        else:
            place = data.ljust(8 if big else 4, b"\0")
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, code, len(values)) + place
    body = b"".join(pieces)
    following = 0 if last else start + room + len(body)
    count = struct.pack(order + ("Q" if big else "H"), len(every))
    return count + entries + struct.pack(order + ("Q" if big else "I"), following) + outside + body


def _is_long(tag: int) -> bool:
    return tag in (256, 257, 273, 278, 279, 322, 323, 324, 325)


def _value_bytes(item: tuple[int, Any]) -> int:
    tag, value = item
    return (4 if _is_long(tag) else 2) * (len(value) if isinstance(value, tuple) else 1)


def _tiff_pieces(samples: Array, tags: dict[int, Any], depth: int, order: str) -> list[bytes]:
    planes = [samples[:, :, [n]] for n in range(samples.shape[2])] if tags.get(284) == 2 else [samples]
    pieces = []
    for plane in planes:
        if 322 in tags:
            wide, high = tags[322], tags[323]
            full = np.pad(plane, ((0, -plane.shape[0] % high), (0, -plane.shape[1] % wide), (0, 0)))
            parts = [
                full[y : y + high, x : x + wide]
                for y in range(0, full.shape[0], high)
                for x in range(0, full.shape[1], wide)
            ]
        else:
            rows = tags.get(278, len(plane))
            parts = [plane[y : y + rows] for y in range(0, len(plane), rows)]
        pieces += [packed(part.reshape(len(part), -1), depth, order) for part in parts]
    return [zlib.compress(piece) for piece in pieces] if tags.get(259) == 8 else pieces
