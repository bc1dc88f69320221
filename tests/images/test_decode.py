import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from tests.kit.hostile.case import on_white, smooth
from tests.kit.hostile.writers import encode, png_chunks, png_header, png_rows
from tests.kit.hostile.writers import png as hand_made_png

pytestmark = pytest.mark.usefixtures("home")

RNG = np.random.default_rng(3)
GREY = RNG.integers(0, 256, (7, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (7, 5, 3), dtype=np.uint8)
ALPHA = RNG.integers(0, 256, (7, 5), dtype=np.uint8)
WORDS = RNG.integers(0, 65536, (7, 5), dtype=np.uint16)


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    return png_chunks(png_header(width, height, depth, colour), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b""))


def rows(values: np.ndarray) -> bytes:
    return png_rows(values.reshape(len(values), -1, 1), values.dtype.itemsize * 8)


def palette_image() -> Image.Image:
    image = Image.new("P", (5, 7))
    image.putdata((GREY % 4).ravel().tolist())
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7])
    return image


PALETTE = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 8, 7]])[GREY % 4]
SEE_THROUGH = np.where((GREY % 4 == 1)[:, :, None], 255, PALETTE)
INKS = np.stack([RGB[:, :, 0], RGB[:, :, 1], RGB[:, :, 2], GREY], 2)
UNINKED = (255 - INKS[:, :, :3].astype(float)) * (255 - INKS[:, :, 3:].astype(float)) / 255
FLOATS = RNG.random((7, 5)).astype(np.float32)
RGB16 = RNG.integers(0, 65536, (7, 5, 3), dtype=np.uint16)
DEEP_LA = np.stack([WORDS, RNG.integers(0, 65536, (7, 5), dtype=np.uint16)], 2)
KEYED = WORDS.copy()
KEYED[2, 3] = 777
frames = [Image.fromarray(RGB), Image.fromarray(255 - RGB)]
grey_frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]

SOURCES = {
    "png-l": (encode(Image.fromarray(GREY), "PNG"), GREY, 0, ()),
    "png-rgb": (encode(Image.fromarray(RGB), "PNG"), RGB, 0, ()),
    "png-1": (encode(Image.fromarray(GREY > 99), "PNG"), (GREY > 99) * 255, 0, ()),
    "png-interlaced": (hand_made_png(GREY[:, :, None], 8, 0, interlace=1), GREY, 0, ()),
    "png-16": (encode(Image.fromarray(WORDS), "PNG"), WORDS / 257, 0.5, ("16-bit scaled",)),
    "png-16-rgb": (png(5, 7, 16, 2, rows(RGB16)), RGB16 / 257, 1, ("16-bit scaled",)),
    "png-16-la": (
        png(5, 7, 16, 4, rows(DEEP_LA)),
        on_white(DEEP_LA[:, :, 0] / 257, DEEP_LA[:, :, 1] / 257),
        1.5,
        ("16-bit scaled", "alpha flattened"),
    ),
    "png-16-key": (
        png(5, 7, 16, 0, rows(KEYED), (b"tRNS", struct.pack(">H", 777))),
        np.where(KEYED == 777, 255, KEYED / 257),
        0.5,
        ("16-bit scaled", "alpha flattened"),
    ),
    "png-grey-key": (
        png(5, 7, 8, 0, rows(GREY), (b"tRNS", struct.pack(">H", int(GREY[3, 3])))),
        np.where(np.equal(GREY, GREY[3, 3]), 255, GREY),
        0,
        ("alpha flattened",),
    ),
    "png-2-bit-key": (
        png(4, 1, 2, 0, b"\0\x1b", (b"tRNS", b"\0\1")),
        np.array([[0, 255, 170, 255]]),
        0,
        ("alpha flattened",),
    ),
    "png-la": (
        encode(Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(ALPHA)]), "PNG"),
        on_white(GREY, ALPHA),
        1,
        ("alpha flattened",),
    ),
    "png-rgba": (
        encode(Image.fromarray(np.dstack([RGB, ALPHA])), "PNG"),
        on_white(RGB, ALPHA),
        1,
        ("alpha flattened",),
    ),
    "png-opaque": (encode(Image.fromarray(RGB).convert("RGBA"), "PNG"), RGB, 0, ()),
    "png-palette": (encode(palette_image(), "PNG"), PALETTE, 0, ("palette",)),
    "png-palette-key": (
        encode(palette_image(), "PNG", transparency=1),
        SEE_THROUGH,
        0,
        ("palette", "alpha flattened"),
    ),
    "png-palette-alpha": (
        encode(palette_image(), "PNG", transparency=bytes([255, 0, 255, 255])),
        SEE_THROUGH,
        0,
        ("palette", "alpha flattened"),
    ),
    "tiff-cmyk": (
        encode(Image.fromarray(INKS, "CMYK"), "TIFF"),
        UNINKED,
        1,
        ("CMYK converted",),
    ),
    "bmp": (encode(Image.fromarray(RGB), "BMP"), RGB, 0, ()),
    "bmp-grey": (encode(Image.fromarray(GREY), "BMP"), GREY, 0, ()),
    "webp": (encode(Image.fromarray(RGB), "WEBP", lossless=True), RGB, 0, ()),
    "webp-animated": (
        encode(frames[0], "WEBP", lossless=True, save_all=True, append_images=frames[1:]),
        RGB,
        0,
        ("first frame",),
    ),
    "gif-grey": (encode(Image.fromarray(GREY), "GIF"), GREY, 0, None),
    "gif-palette": (encode(palette_image(), "GIF"), PALETTE, 0, ("palette",)),
    "gif-animated": (
        encode(grey_frames[0], "GIF", save_all=True, append_images=grey_frames[1:]),
        GREY,
        0,
        None,
    ),
    "apng": (
        encode(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        RGB,
        0,
        ("first frame",),
    ),
    "tiff": (encode(Image.fromarray(RGB), "TIFF"), RGB, 0, ()),
    "tiff-lzw": (encode(Image.fromarray(RGB), "TIFF", compression="tiff_lzw"), RGB, 0, ()),
    "tiff-pages": (
        encode(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
        RGB,
        0,
        ("first frame",),
    ),
    "tiff-16": (encode(Image.fromarray(WORDS), "TIFF"), WORDS / 257, 0.5, ("16-bit scaled",)),
    "tiff-16-white-is-zero": (
        encode(Image.fromarray(WORDS), "TIFF", tiffinfo={262: 0}),
        255 - WORDS / 257,
        0.5,
        ("16-bit scaled",),
    ),
    "tiff-float-0-1": (encode(Image.fromarray(FLOATS), "TIFF"), FLOATS * 255, 0.5, ("float scaled",)),
    "tiff-float-0-255": (
        encode(Image.fromarray(GREY.astype(np.float32)), "TIFF"),
        GREY,
        0,
        (),
    ),
    "tiff-float-any": (
        encode(Image.fromarray((FLOATS - 0.5) * 1e6), "TIFF"),
        (FLOATS - FLOATS.min()) / (FLOATS.max() - FLOATS.min()) * 255,
        0.51,
        ("float scaled",),
    ),
    "tiff-int": (
        encode(Image.fromarray(WORDS.astype(np.int32)), "TIFF"),
        WORDS / 257,
        0.5,
        ("float scaled",),
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_formats_and_modes_give_the_right_pixels(source):
    data, expected, tolerance, conversions = SOURCES[source]
    decoded = decode(data, source)
    expected = expected[:, :, None] if expected.ndim == 2 else expected
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.shape == expected.shape
    assert np.abs(decoded.pixels - expected.astype(float)).max() <= tolerance
    if conversions is not None:
        assert decoded.conversions == conversions


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_read_within_its_loss(mode):
    image = Image.fromarray(smooth(40, 48)).convert(mode)
    decoded = decode(encode(image, "JPEG", quality=95))
    expected = np.asarray(image.convert("RGB") if mode == "CMYK" else image, float)
    assert decoded.pixels.shape == (40, 48, 1 if mode == "L" else 3)
    assert np.abs(decoded.pixels.squeeze() - expected).mean() < 3


def test_values_that_are_not_numbers_are_refused():
    data = encode(Image.fromarray(np.array([[0, np.nan]], np.float32)), "TIFF")
    with pytest.raises(CnnAppError, match=r"^x\.tif holds values that are not numbers"):
        decode(data, "x.tif")
