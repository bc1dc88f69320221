import struct
import zlib

import pytest
from PIL import Image

from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from cnnapp.settings import settings
from tests.kit.hostile.writers import encode, png_chunks, png_header

pytestmark = pytest.mark.usefixtures("home")


def grey_png(width: int, height: int) -> bytes:
    return png_chunks(png_header(width, height, 8, 0), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))


def iso_media(*brands: bytes) -> bytes:
    body = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return struct.pack(">I", len(body) + 4) + body + bytes(64)


NOT_READ = "which this app does not read. Save it as JPEG or PNG and drop it again."
FOREIGN = {
    f"a HEIC image, {NOT_READ}": iso_media(b"heic", b"mif1"),
    f"an AVIF image, {NOT_READ}": iso_media(b"mif1", b"avif"),
    f"a video, {NOT_READ}": iso_media(b"isom", b"mp41"),
    f"a PDF document, {NOT_READ}": b"%PDF-1.7\n",
    f"an SVG drawing, {NOT_READ}": b'<?xml version="1.0"?>\n<svg xmlns="">',
    "a ZIP archive, not an image: unpack it and choose the images in it.": b"PK\x03\x04rest",
    "a web page, not an image, whatever its name says: open it in a browser and save the picture itself.": (
        b"<!DOCTYPE html><html>"
    ),
    "a text file, not an image, whatever its name says: choose another file.": "naïve text".encode(),
    "no image in a format that can be recognised, or it is damaged: choose another file.": b"\xff\xfe\xfd" * 50,
}


@pytest.mark.parametrize("sentence", FOREIGN)
def test_files_of_other_kinds_are_named_with_what_to_do(sentence):
    with pytest.raises(CnnAppError) as refusal:
        decode(FOREIGN[sentence], "photo.jpg")
    assert str(refusal.value) == f"photo.jpg is {sentence}"


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
