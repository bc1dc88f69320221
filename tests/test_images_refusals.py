import struct
import zlib

import pytest
from PIL import Image

from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from cnnapp.settings import settings
from tests.hostile.writers import encode, png_chunks, png_header

pytestmark = pytest.mark.usefixtures("home")


def grey_png(width: int, height: int) -> bytes:
    return png_chunks(png_header(width, height, 8, 0), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))


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
        decode(grey_png(*size))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_an_image_of_one_pixel_is_read(kind):
    assert decode(encode(Image.new("RGB", (1, 1), "white"), kind)).pixels.shape[:2] == (1, 1)


def test_too_many_pixels_are_refused_before_decoding():
    with pytest.raises(CnnAppError, match=r"big\.png has 300×200 pixels"):
        decode(encode(Image.new("L", (300, 200)), "PNG"), "big.png", max_pixels=50_000)
    for side in (12_000, 60_000):  # Pillow's warning and its error
        with pytest.raises(CnnAppError, match=r"^the image has .* at most"):
            decode(grey_png(side, side))


def test_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setenv("CNNAPP_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    with pytest.raises(CnnAppError, match="at most 1 MB"):
        decode(bytes(2 << 20))
