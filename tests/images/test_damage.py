import numpy as np
import pytest
from PIL import Image

from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from tests.kit.hostile.case import smooth
from tests.kit.hostile.writers import encode

pytestmark = pytest.mark.usefixtures("home")

WHOLE = {
    "png": encode(Image.fromarray(smooth(40, 48)), "PNG"),
    "jpeg": encode(Image.fromarray(smooth(40, 48)), "JPEG"),
    "progressive": encode(Image.fromarray(smooth(40, 48)), "JPEG", progressive=True),
    "webp": encode(Image.fromarray(smooth(40, 48)), "WEBP"),
    "webp-animated": encode(
        Image.fromarray(smooth(40, 48)), "WEBP", save_all=True, append_images=[Image.fromarray(255 - smooth(40, 48))]
    ),
    "bmp": encode(Image.fromarray(smooth(40, 48)), "BMP"),
    "gif": encode(Image.fromarray(smooth(40, 48)), "GIF"),
    "gif-animated": encode(
        Image.fromarray(smooth(40, 48)), "GIF", save_all=True, append_images=[Image.fromarray(255 - smooth(40, 48))]
    ),
    "tiff": encode(Image.fromarray(smooth(40, 48)), "TIFF"),
    "tiff-deflate": encode(Image.fromarray(smooth(40, 48)), "TIFF", compression="tiff_adobe_deflate"),
    "tiff-jpeg": encode(Image.fromarray(smooth(40, 48)), "TIFF", compression="jpeg"),
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
