import io
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from cnnapp.images.quiet import WithoutWarnings

pytestmark = pytest.mark.usefixtures("home")

RNG = np.random.default_rng(3)
GREY = RNG.integers(0, 256, (7, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (7, 5, 3), dtype=np.uint8)
ALPHA = RNG.integers(0, 256, (7, 5), dtype=np.uint8)
WORDS = RNG.integers(0, 65536, (7, 5), dtype=np.uint16)


def encode(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG written by hand from its standard, for what Pillow cannot write."""
    interlace = 0
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)),
        *extra,
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data)) for tag, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def rows(values: np.ndarray) -> bytes:
    big = values.astype(values.dtype.newbyteorder(">"))
    return b"".join(b"\0" + row.tobytes() for row in big)


def on_white(values: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = alpha.astype(float) / 255
    share = share[:, :, None] if values.ndim == 3 else share
    return values * share + 255 * (1 - share)


def adam7(values: np.ndarray) -> bytes:
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    return b"".join(rows(values[y::dy, x::dx]) for x, y, dx, dy in passes if values[y::dy, x::dx].size)


def interlaced() -> bytes:
    data = png(5, 7, 8, 0, adam7(GREY))
    header = data[12:28] + b"\x01"
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


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
    "png-interlaced": (interlaced(), GREY, 0, ()),
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


def smooth(height: int = 40, width: int = 48) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([y * 255 / height, x * 255 / width, (x + y) * 255 / (width + height)], 2).astype(np.uint8)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_read_within_its_loss(mode):
    image = Image.fromarray(smooth()).convert(mode)
    decoded = decode(encode(image, "JPEG", quality=95))
    expected = np.asarray(image.convert("RGB") if mode == "CMYK" else image, float)
    assert decoded.pixels.shape == (40, 48, 1 if mode == "L" else 3)
    assert np.abs(decoded.pixels.squeeze() - expected).mean() < 3


# Where the stored top-left, top-right and bottom-left corners belong, from the table of the EXIF standard.
ORIENTATIONS = {
    1: ("top left", "top right"),
    2: ("top right", "top left"),
    3: ("bottom right", "bottom left"),
    4: ("bottom left", "bottom right"),
    5: ("top left", "bottom left"),
    6: ("top right", "bottom right"),
    7: ("bottom right", "top right"),
    8: ("bottom left", "top left"),
}
CORNERS = {"top left": (0, 0), "top right": (0, -1), "bottom left": (-1, 0), "bottom right": (-1, -1)}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_exif_orientation_puts_every_corner_where_it_belongs(orientation, kind):
    stored = np.full((32, 48, 3), 128, np.uint8)
    stored[:8, :8] = (255, 0, 0)
    stored[:8, -8:] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(encode(Image.fromarray(stored), kind, exif=exif))
    red, blue = (decoded.pixels[CORNERS[corner]].astype(int) for corner in ORIENTATIONS[orientation])
    assert decoded.pixels.shape == ((32, 48, 3) if orientation < 5 else (48, 32, 3))
    assert red[0] - red[2] > 150
    assert blue[2] - blue[0] > 150
    assert decoded.conversions == (() if orientation == 1 else ("rotated",))


def test_damaged_metadata_does_not_cost_the_picture():
    data = encode(Image.fromarray(smooth()), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert decode(data).pixels.shape == (40, 48, 3)


def test_values_that_are_not_numbers_are_refused():
    data = encode(Image.fromarray(np.array([[0, np.nan]], np.float32)), "TIFF")
    with pytest.raises(CnnAppError, match=r"^x\.tif holds values that are not numbers"):
        decode(data, "x.tif")


def test_a_colour_profile_does_not_change_the_numbers():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert (decode(encode(Image.fromarray(RGB), "PNG", icc_profile=profile)).pixels == RGB).all()
    assert (decode(encode(Image.fromarray(RGB), "PNG", icc_profile=b"junk")).pixels == RGB).all()


def iso_media(*brands: bytes) -> bytes:
    body = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return struct.pack(">I", len(body) + 4) + body + bytes(64)


FOREIGN = {
    "a HEIC image": iso_media(b"heic", b"mif1"),
    "an AVIF image": iso_media(b"mif1", b"avif"),
    "a video": iso_media(b"isom", b"mp41"),
    "a PDF document": b"%PDF-1.7\n",
    "a ZIP archive": b"PK\x03\x04rest",
    "an SVG drawing": b'<?xml version="1.0"?>\n<svg xmlns="">',
    "a web page": b"<!DOCTYPE html><html>",
    "a text file": "naïve text".encode(),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_files_of_other_kinds_are_named(kind):
    with pytest.raises(CnnAppError) as refusal:
        decode(FOREIGN[kind], "photo.heic")
    expected = f"photo.heic is {kind}, which this app does not read. Save it as JPEG or PNG and drop it again."
    assert str(refusal.value) == expected


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xfe\xfd" * 50, b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a", b"II*\0"])
def test_rubbish_is_refused_in_a_sentence_that_names_the_file(data):
    with pytest.raises(CnnAppError, match=r"^my\.png "):
        decode(data, "my.png")


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_an_image_without_pixels_is_refused(size):
    with pytest.raises(CnnAppError):
        decode(png(*size, 8, 0, b""))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_an_image_of_one_pixel_is_read(kind):
    assert decode(encode(Image.new("RGB", (1, 1), "white"), kind)).pixels.shape[:2] == (1, 1)


def test_too_many_pixels_are_refused_before_decoding():
    with pytest.raises(CnnAppError, match=r"big\.png has 300×200 pixels"):
        decode(encode(Image.new("L", (300, 200)), "PNG"), "big.png", max_pixels=50_000)
    for side in (12_000, 60_000):  # Pillow's warning and its error
        with pytest.raises(CnnAppError, match=r"^the image has .* at most"):
            decode(png(side, side, 8, 0, b""))


def test_too_many_bytes_are_refused(monkeypatch):
    from cnnapp.settings import settings

    monkeypatch.setenv("CNNAPP_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    with pytest.raises(CnnAppError, match="at most 1 MB"):
        decode(bytes(2 << 20))


WHOLE = {
    "png": encode(Image.fromarray(smooth()), "PNG"),
    "jpeg": encode(Image.fromarray(smooth()), "JPEG"),
    "progressive": encode(Image.fromarray(smooth()), "JPEG", progressive=True),
    "webp": encode(Image.fromarray(smooth()), "WEBP"),
    "webp-animated": encode(
        Image.fromarray(smooth()), "WEBP", save_all=True, append_images=[Image.fromarray(255 - smooth())]
    ),
    "bmp": encode(Image.fromarray(smooth()), "BMP"),
    "gif": encode(Image.fromarray(smooth()), "GIF"),
    "gif-animated": encode(
        Image.fromarray(smooth()), "GIF", save_all=True, append_images=[Image.fromarray(255 - smooth())]
    ),
    "tiff": encode(Image.fromarray(smooth()), "TIFF"),
    "tiff-deflate": encode(Image.fromarray(smooth()), "TIFF", compression="tiff_adobe_deflate"),
    "tiff-jpeg": encode(Image.fromarray(smooth()), "TIFF", compression="jpeg"),
}


@pytest.mark.parametrize("source", WHOLE)
def test_a_file_cut_anywhere_is_refused_or_read_right(source):
    data = WHOLE[source]
    whole = decode(data).pixels
    cuts = np.random.default_rng(5).integers(0, len(data), 150)
    for cut in (*cuts.tolist(), len(data) - 1, len(data) - 2):
        try:
            pixels = decode(data[:cut], "cut").pixels
        except CnnAppError as refusal:
            assert str(refusal).startswith("cut ")  # noqa: PT017
        else:
            assert np.array_equal(pixels, whole), cut


@pytest.mark.parametrize("source", WHOLE)
def test_flipped_bytes_never_escape_as_another_error(source):
    rng = np.random.default_rng(7)
    for _ in range(150):
        data = bytearray(WHOLE[source])
        for position in rng.integers(0, len(data), 3):
            data[position] = rng.integers(256)
        try:
            pixels = decode(bytes(data), max_pixels=1_000_000).pixels
        except CnnAppError:
            continue
        assert pixels.dtype == np.uint8
        assert pixels.shape[2] in (1, 3)


def test_warnings_come_back_after_overlapping_threads():
    quiet = WithoutWarnings()
    both_inside, first_out = threading.Barrier(2), threading.Event()

    def hold() -> None:
        with quiet:
            both_inside.wait()
            first_out.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    with quiet:
        both_inside.wait()
        warnings.warn("unheard", stacklevel=1)
    first_out.set()
    thread.join()
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
