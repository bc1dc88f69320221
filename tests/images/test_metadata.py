import numpy as np
import pytest
from PIL import Image, ImageCms

from cnnapp.images import decode
from tests.kit.hostile.case import smooth
from tests.kit.hostile.writers import encode

pytestmark = pytest.mark.usefixtures("home")

PIXELS = np.random.default_rng(3).integers(0, 256, (7, 5, 3), np.uint8)

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
    data = encode(Image.fromarray(smooth(40, 48)), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert decode(data).pixels.shape == (40, 48, 3)


def test_a_colour_profile_does_not_change_the_numbers():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert (decode(encode(Image.fromarray(PIXELS), "PNG", icc_profile=profile)).pixels == PIXELS).all()
    assert (decode(encode(Image.fromarray(PIXELS), "PNG", icc_profile=b"junk")).pixels == PIXELS).all()
