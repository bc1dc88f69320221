"""Files that are cut, flipped, announce what nobody has, are of other formats, or would not fit into memory."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.kit.hostile import writers
from tests.kit.hostile.case import Case, refused, right, smooth
from tests.kit.hostile.oracle import second_opinion
from tests.kit.hostile.pictures import Random, samples
from tests.kit.hostile.tiffs import tiff
from tests.kit.hostile.writers import encode

DAMAGES = 4  # cuts and flips of each file for each seed


def whole(rng: Random) -> Iterator[tuple[str, bytes]]:
    """Sound files of every kind that has bytes of its own to damage."""
    drawn = smooth(*(int(length) for length in rng.integers(8, 60, 2)))
    image, again = Image.fromarray(drawn), [Image.fromarray(255 - drawn)]
    for name, kind, options in (
        ("plain.png", "PNG", {}),
        ("moving.png", "PNG", {"save_all": True, "append_images": again}),
        ("plain.jpg", "JPEG", {}),
        ("progressive.jpg", "JPEG", {"progressive": True}),
        ("lossy.webp", "WEBP", {}),
        ("lossless.webp", "WEBP", {"lossless": True}),
        ("moving.webp", "WEBP", {"save_all": True, "append_images": again}),
        ("plain.bmp", "BMP", {}),
        ("plain.gif", "GIF", {}),
        ("moving.gif", "GIF", {"save_all": True, "append_images": again}),
        ("plain.tif", "TIFF", {}),
        ("lzw.tif", "TIFF", {"compression": "tiff_lzw"}),
        ("deflate.tif", "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("jpeg.tif", "TIFF", {"compression": "jpeg"}),
    ):
        yield name, encode(image, kind, **options)
    yield "interlaced.png", writers.png(drawn, 8, 2, interlace=1)


def cuts(rng: Random) -> Iterator[Case]:
    """Cut anywhere, but more often near the start, where the structure is; read only if nothing is missing."""
    for name, data in whole(rng):
        pixels = second_opinion(data)
        places = [*rng.integers(0, len(data), DAMAGES), int(rng.integers(0, min(len(data), 200))), len(data) - 1]
        for place in map(int, places):
            yield Case(f"cut-at-{place}-{name}", data[:place], "either", pixels, 1)


def flips(rng: Random) -> Iterator[Case]:
    """Some bytes changed: no crash, and if a picture is shown, then the one that another decoder shows."""
    for name, data in whole(rng):
        for number in range(DAMAGES):
            changed = bytearray(data)
            for place in rng.integers(0, len(data), int(rng.integers(1, 5))):
                changed[place] ^= int(rng.integers(1, 256))
            yield Case(f"flip-{number}-{name}", bytes(changed), "either")


def chunk_damage(rng: Random) -> Iterator[Case]:
    """PNG chunks that are cut, twice there, out of order, or lie about their length."""
    values = samples(rng, 3, 8)
    height, width, _ = values.shape
    header, data = writers.png_header(width, height, 8, 2), zlib.compress(writers.png_rows(values, 8))
    end = (b"IEND", b"")
    place = int(rng.integers(1, len(data)))
    for name, chunks in (
        ("headless", ((b"IDAT", data), end)),
        ("late-header", ((b"IDAT", data), header, end)),
        ("cut-data", (header, (b"IDAT", data[:place]), end)),
        ("no-data", (header, end)),
        ("short-header", ((b"IHDR", header[1][:5]), (b"IDAT", data), end)),
        ("palette-missing", (writers.png_header(width, height, 8, 3), (b"IDAT", data), end)),
    ):
        yield refused(f"{name}.png", writers.png_chunks(*chunks))
    sound = writers.png_chunks(header, (b"IDAT", data), end)
    at = sound.index(b"IDAT") - 4
    lie = sound[:at] + struct.pack(">I", 2**31 - 1) + sound[at + 4 :]
    yield Case("length.png", lie, "either", values)  # all of the picture is there


def announced(rng: Random) -> Iterator[Case]:
    """A few bytes that say they are more pixels than any memory holds."""
    wide, high = (int(side) for side in rng.integers(30_000, 65_000, 2))
    small = smooth(8, 8)
    row = zlib.compress(bytes(1000))
    header = writers.png_header(wide, high, 8, int(rng.choice([0, 2, 6])))
    yield refused("bomb.png", writers.png_chunks(header, (b"IDAT", row), (b"IEND", b"")), "pixels; at most")
    jpeg = bytearray(encode(Image.fromarray(small), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", high, wide)
    yield refused("bomb.jpg", bytes(jpeg), "pixels; at most")
    yield refused("bomb.bmp", writers.bmp(b"\0\1", (wide, high), 8, palette=bytes(1024), compression=1), "at most")
    frames = [writers.gif_frame(small[:, :, 0], place) for place in ((0, 0), (60_000, 60_000))]
    yield refused("bomb.gif", writers.gif((wide, high), bytes(768), frames[0]), "pixels; at most")
    yield refused("far.gif", writers.gif((8, 8), bytes(768), frames[1]), "pixels; at most")
    yield refused("bomb.tif", tiff([(small, {256: wide, 257: high})]), "pixels; at most")
    yield Case("strip.tif", tiff([(small, {278: 2**32 - 1, 259: 8})]), "either", small)
    tile = tiff([(small, {322: 16, 323: 16, 259: 8})])
    for tag, side in ((322, wide), (323, high)):
        tile = tile.replace(struct.pack("<HHII", tag, 4, 1, 16), struct.pack("<HHII", tag, 4, 1, side))
    yield refused("tile.tif", tile)
    extended = b"VP8X" + struct.pack("<IB3x", 10, 0) + (16382).to_bytes(3, "little") * 2
    still = encode(Image.fromarray(small), "WEBP", lossless=True)[12:]
    body = b"WEBP" + extended + still
    yield refused("bomb.webp", b"RIFF" + struct.pack("<I", len(body)) + body, "pixels; at most")


def inflated(rng: Random) -> Iterator[Case]:
    """Small pictures with texts, profiles, comments or pages that unpack to far more than themselves."""
    values = samples(rng, 3, 8)
    zeros = zlib.compress(bytes(60_000_000 + int(rng.integers(10**6))), 1)
    for tag, data in (
        (b"iCCP", b"p\0\0" + zeros),
        (b"zTXt", b"t\0\0" + zeros),
        (b"iTXt", b"t\0\1\0\0\0" + zeros),
    ):
        yield Case(f"{tag.decode()}.png", writers.png(values, 8, 2, extra=[(tag, data)]), "either", values)
    texts = [(b"tEXt", b"a\0b")] * 20_000
    yield Case("texts.png", writers.png(values, 8, 2, extra=texts), "either", values)
    longer = zlib.compress(writers.png_rows(values, 8) + bytes(50_000_000), 1)
    header = writers.png_header(values.shape[1], values.shape[0], 8, 2)
    yield Case("longer.png", writers.png_chunks(header, (b"IDAT", longer), (b"IEND", b"")), "either", values)
    pages = tiff([(values[:1, :1], {})] * 2000)
    yield right("pages.tif", pages, values[:1, :1])
    photo = smooth(16, 16)
    jpeg = encode(Image.fromarray(photo), "JPEG", quality=95, subsampling=0)
    yield right("comments.jpg", jpeg[:2] + b"\xff\xfe\0\3a" * 50_000 + jpeg[2:], photo, 24)


def foreign(rng: Random) -> Iterator[Case]:
    """Files of other kinds, under the names of photos: the refusal says what they are."""

    def media(*brands: bytes) -> bytes:
        body = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
        return struct.pack(">I", len(body) + 4) + body + rng.bytes(64)

    for words, data in (
        ("a HEIC image", media(b"heic", b"mif1")),
        ("an AVIF image", media(b"avif", b"mif1")),
        ("a video", media(b"mp42", b"isom")),
        ("an SVG drawing", b"<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a PDF document", b"%PDF-1.7\n" + rng.bytes(99)),
        ("a ZIP archive", b"PK\x03\x04" + rng.bytes(99)),
        ("a web page", b"<!doctype html><title>Not found</title>"),
        ("a text file", b"version https://git-lfs.github.com/spec/v1\n"),
        ("a JPEG XL image", b"\xff\x0a" + rng.bytes(30)),
        ("a JPEG 2000 image", b"\0\0\0\x0cjP  \r\n\x87\n" + rng.bytes(30)),
        ("", rng.bytes(int(rng.integers(0, 3000)))),
        ("", bytes(int(rng.integers(0, 3000)))),
    ):
        yield refused("IMG_0001.jpg", data, words)


def mixed_up(rng: Random) -> Iterator[Case]:
    """One format's picture behind or before another's, and under another's name: the first bytes count."""
    values = samples(rng, 3, 8)
    image = Image.fromarray(values)
    png, bmp = encode(image, "PNG"), encode(image, "BMP")
    jpeg = encode(Image.fromarray(255 - values), "JPEG")
    for name in ("photo.jpg", "photo.gif", "photo.txt", "photo"):
        yield right(name, png, values)
    yield right("png-then-jpeg.png", png + jpeg, values)
    yield right("bmp-then-png.bmp", bmp + png, values)
    inner = b"\xff\xfe" + struct.pack(">H", min(len(png), 60_000) + 2) + png[:60_000]
    drawn = smooth(16, 24)
    photo = encode(Image.fromarray(drawn), "JPEG", quality=95, subsampling=0)
    yield right("png-in-jpeg.jpg", photo[:2] + inner + photo[2:], drawn, 24)


def no_or_one_pixel(rng: Random) -> Iterator[Case]:
    for kind, suffix in (("PNG", "png"), ("BMP", "bmp"), ("GIF", "gif"), ("TIFF", "tif")):
        for shape in ((1, 1), (1, int(rng.integers(2, 3000))), (int(rng.integers(2, 3000)), 1)):
            values = rng.integers(0, 256, shape, np.uint8)
            yield right(f"thin.{suffix}", encode(Image.fromarray(values), kind), values)
    for wide, high in ((0, 5), (5, 0), (0, 0)):
        header = writers.png_header(wide, high, 8, 0)
        yield refused("none.png", writers.png_chunks(header, (b"IDAT", zlib.compress(b"")), (b"IEND", b"")))
        yield refused("none.bmp", writers.bmp(b"", (wide, high), 24))
        yield refused("none.gif", writers.gif((wide, high), bytes(768), b""))
        yield refused("none.tif", tiff([(rng.integers(0, 9, (3, 3, 1), np.uint8), {256: wide, 257: high})]))
