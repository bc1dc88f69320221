"""Files of every rare but allowed kind, with the pixels that they were made from."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from tests.kit.hostile import writers
from tests.kit.hostile.case import Case, Fate, on_white, right
from tests.kit.hostile.tiffs import tiff
from tests.kit.hostile.writers import Array

Random = np.random.Generator


def size(rng: Random, most: int = 40) -> tuple[int, int]:
    height, width = rng.integers(1, most, 2)
    return int(height), int(width)


def samples(rng: Random, channels: int, depth: int) -> Array:
    height, width = size(rng)
    kind = np.uint8 if depth <= 8 else np.uint16
    return rng.integers(0, 2**depth, (height, width, channels), kind)


def in_8_bits(values: Array, depth: int) -> Array:
    return values * (255 / (2**depth - 1))


def png_kinds(rng: Random) -> Iterator[Case]:
    """Every colour type and depth of the standard, plain and interlaced."""
    for colour, channels, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (4, 2, (8, 16)), (6, 4, (8, 16))):
        for depth in depths:
            for interlace in (0, 1):
                values = samples(rng, channels, depth)
                drawn = in_8_bits(values, depth)
                if colour > 3:
                    drawn = on_white(drawn[:, :, :-1], drawn[:, :, -1])
                data = writers.png(values, depth, colour, interlace=interlace)
                # Colours of 16 bits lose their low byte: at most one step each of colour and alpha.
                yield right(f"{colour}-{depth}-{interlace}.png", data, drawn, {16: 2.5, 8: 1}.get(depth, 0.5))


def png_palettes(rng: Random) -> Iterator[Case]:
    for depth in (1, 2, 4, 8):
        for with_key in (False, True):
            values = samples(rng, 1, depth)
            palette = rng.integers(0, 256, (2**depth, 3), np.uint8)
            alpha = rng.integers(0, 256, int(rng.integers(1, 2**depth + 1)), np.uint8)
            drawn = palette[values[:, :, 0]]
            extra = [(b"PLTE", palette.tobytes())]
            if with_key:
                extra.append((b"tRNS", alpha.tobytes()))
                drawn = on_white(drawn, np.pad(alpha, (0, 256), constant_values=255)[values[:, :, 0]])
            yield right(f"palette-{depth}.png", writers.png(values, depth, 3, extra=extra), drawn, 1)


def png_keys(rng: Random) -> Iterator[Case]:
    """One colour is see-through."""
    for depth in (1, 2, 4, 8, 16):
        values = samples(rng, 1, depth)
        key = int(values[0, 0, 0])
        drawn = np.where(values == key, 255, in_8_bits(values, depth))
        data = writers.png(values, depth, 0, extra=[(b"tRNS", struct.pack(">H", key))])
        yield right(f"key-{depth}.png", data, drawn, 0.5)
    values = samples(rng, 3, 8)
    key = values[0, 0]
    drawn = np.where((values == key).all(2)[:, :, None], 255, values)
    yield right("key-rgb.png", writers.png(values, 8, 2, extra=[(b"tRNS", struct.pack(">3H", *key))]), drawn)


def apngs(rng: Random) -> Iterator[Case]:
    """The first picture counts, whether it belongs to the animation or only stands in for it."""
    values = samples(rng, 3, 8)
    height, width, _ = values.shape
    other = rng.integers(0, 256, values.shape, np.uint8)
    control = struct.pack(">IIIIHHBB", width, height, 0, 0, 1, 10, 0, 0)
    for belongs in (False, True):
        first = [(b"fcTL", struct.pack(">I", 0) + control)] if belongs else []
        still = (b"IDAT", zlib.compress(writers.png_rows(values, 8)))
        number = int(belongs)
        moving = [(b"fcTL", struct.pack(">I", number) + control)]
        moving += [(b"fdAT", struct.pack(">I", number + 1) + zlib.compress(writers.png_rows(other, 8)))]
        count = (b"acTL", struct.pack(">II", 1 + belongs, 0))
        header = writers.png_header(width, height, 8, 2)
        yield right("moving.png", writers.png_chunks(header, count, *first, still, *moving, (b"IEND", b"")), values)


def bmps(rng: Random) -> Iterator[Case]:
    for bits in (1, 4, 8):
        for top_down in (False, True):
            values = samples(rng, 1, bits)[:, :, 0]
            height, width = values.shape
            colours = rng.integers(0, 256, (2**bits, 3), np.uint8)
            palette = np.pad(colours[:, ::-1], ((0, 0), (0, 1))).tobytes()
            rows = writers.bmp_rows(values[::-1] if top_down else values, bits)
            shape = (width, -height if top_down else height)
            yield right(f"{bits}.bmp", writers.bmp(rows, shape, bits, palette=palette), colours[values])
    values = samples(rng, 3, 8)
    height, width, _ = values.shape
    flat = values[:, :, ::-1].reshape(height, -1)
    for header_bytes in (12, 40, 108, 124):
        data = writers.bmp(writers.bmp_rows(flat, 8), (width, height), 24, header_bytes=header_bytes)
        yield right(f"24-{header_bytes}.bmp", data, values)
    padded = np.pad(values[:, :, ::-1], ((0, 0), (0, 0), (0, 1))).reshape(height, -1)
    yield right("32.bmp", writers.bmp(writers.bmp_rows(padded, 8), (width, height), 32), values)


def bmps_of_16_bits(rng: Random) -> Iterator[Case]:
    values = samples(rng, 1, 16)[:, :, 0]
    height, width = values.shape
    for name, widths, masks in (("555", (5, 5, 5), b""), ("565", (5, 6, 5), struct.pack("<III", 0xF800, 0x7E0, 0x1F))):
        places = np.cumsum([0, *widths[::-1]])[2::-1]
        drawn = [in_8_bits((values >> place) & (2**wide - 1), wide) for place, wide in zip(places, widths, strict=True)]
        data = writers.bmp(
            writers.bmp_rows(values, 16), (width, height), 16, masks=masks, compression=3 if masks else 0
        )
        yield right(f"{name}.bmp", data, np.stack(drawn, 2), 4)


def bmp_runs(rng: Random) -> Iterator[Case]:
    for bits, compression in ((8, 1), (4, 2)):
        values = samples(rng, 1, bits)[:, :, 0]
        colours = rng.integers(0, 256, (2**bits, 3), np.uint8)
        palette = np.pad(colours[:, ::-1], ((0, 0), (0, 1))).tobytes()
        rows = writers.run_lengths(values, bits)
        data = writers.bmp(rows, values.shape[::-1], bits, palette=palette, compression=compression)
        yield right(f"rle{bits}.bmp", data, colours[values])


def gifs(rng: Random) -> Iterator[Case]:
    """Frames that fill the canvas, a part of it, or lie outside: what no frame covers is see-through, so white."""
    colours, own = rng.integers(0, 256, (2, 256, 3), np.uint8)
    palette = colours.tobytes()
    for interlaced in (False, True):
        values = samples(rng, 1, 8)[:, :, 0]
        frame = writers.gif_frame(values, interlaced=interlaced)
        yield right("one.gif", writers.gif(values.shape[::-1], palette, frame), colours[values])
    again = writers.gif_frame(values[::-1])
    yield right("moving.gif", writers.gif(values.shape[::-1], palette, frame, again), colours[values])
    local = writers.gif_frame(values, palette=own.tobytes())
    yield right("local.gif", writers.gif(values.shape[::-1], palette, local, again), own[values])
    key = int(values[0, 0])
    drawn = np.where((values == key)[:, :, None], 255, colours[values])
    yield right("key.gif", writers.gif(values.shape[::-1], palette, writers.gif_frame(values, key=key)), drawn)
    for name, far in (("within", 0), ("outside", 30)):
        x, y = (int(place) + far for place in rng.integers(1, 9, 2))
        canvas = (values.shape[1] + 9, values.shape[0] + 9)
        height, width = max(canvas[1], y + values.shape[0]), max(canvas[0], x + values.shape[1])
        drawn = np.full((height, width, 3), 255, np.uint8)
        drawn[y : y + values.shape[0], x : x + values.shape[1]] = colours[values]
        data = writers.gif(canvas, palette, writers.gif_frame(values, (x, y)), background=int(rng.integers(256)))
        yield right(f"{name}.gif", data, drawn)


def tiffs(rng: Random) -> Iterator[Case]:
    """Depths, byte orders, strips, tiles, planes, BigTIFF, several pages."""
    for order in "<>":
        for big in (False, True):
            sure: Fate = "either" if big and order == ">" else "read"  # Pillow reads no such BigTIFF
            values = samples(rng, 3, 8)
            strips = {278: int(rng.integers(1, 9))}
            for name, tags in (
                ("strips", strips),
                ("planes", {284: 2}),
                ("deflated", strips | {259: 8}),
                ("tiles", {322: 16, 323: 32, 259: 8}),
            ):
                yield Case(f"{name}.tif", tiff([(values, tags)], order, big=big), sure, values)
            pages = tiff([(values, strips), (values[::-1], {}), (values[:1], {})], order, big=big)
            yield Case("pages.tif", pages, sure, values)
        for depth in (1, 4, 8, 16):
            grey = samples(rng, 1, depth)
            drawn = in_8_bits(grey, depth)
            yield right(f"grey-{depth}.tif", tiff([(grey, {258: depth})], order), drawn, 0.5)
            sure = "either" if depth == 16 and order == ">" else "read"  # nor these
            yield Case(f"inverted-{depth}.tif", tiff([(grey, {258: depth, 262: 0})], order), sure, 255 - drawn, 0.5)
        deep = samples(rng, 3, 16)
        yield right("deep.tif", tiff([(deep, {})], order), in_8_bits(deep, 16), 1)
        inks = samples(rng, 4, 8)
        drawn = (255.0 - inks[:, :, :3]) * (255.0 - inks[:, :, 3:]) / 255
        yield right("cmyk.tif", tiff([(inks, {262: 5})], order), drawn, 1)


def number_tiffs(rng: Random) -> Iterator[Case]:
    """Floats and wide integers: known ranges stay, others are stretched."""
    share = rng.random((*size(rng), 1))
    share.flat[0] = 0.7  # that a single pixel is within every range
    for kind in (np.float32, np.float64):
        sure: Fate = "either" if kind is np.float64 else "read"  # Pillow reads none of 64 bits
        for order in "<>":
            for name, top in (("1", 1), ("255", 255), ("65535", 65535)):
                values = (share * top).astype(kind)
                # What lies below 1 throughout was meant for 0-1, so an image for 255 must have a value above it.
                values.flat[0] = 0.7 * top
                yield Case(f"float-{name}.tif", tiff([(values, {})], order), sure, values * (255 / top), 0.51)
            wild = ((share - 0.5) * 1e6).astype(kind)
            spread = wild.max() - wild.min()
            drawn = (wild - wild.min()) * (255 / spread) if spread else np.zeros(share.shape)
            yield Case("float-any.tif", tiff([(wild, {})], order), sure, drawn, 0.51)
    for order in "<>":
        wide = (share * 65535).astype(np.int32)
        wide.flat[0] = 50000
        yield right("int.tif", tiff([(wide, {})], order), wide * (255 / 65535), 0.51)
