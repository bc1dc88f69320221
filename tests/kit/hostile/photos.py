"""JPEG and WebP in their variants, turned photos, colour profiles and metadata that lies."""

import base64
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

from tests.kit.hostile import writers
from tests.kit.hostile.case import Case, on_white, right, smooth
from tests.kit.hostile.oracle import second_opinion
from tests.kit.hostile.pictures import Random, samples, size
from tests.kit.hostile.tiffs import tiff
from tests.kit.hostile.writers import Array, encode

LOSS = 24  # largest difference that quality 90 makes on a smooth image
TURNED = {  # EXIF 2.32, 4.6.4 A: which side of the picture row 0 and column 0 of the file are
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
# smooth(24, 32) by libjpeg-turbo's cjpeg -quality 85 -sample 1x1 -arithmetic, which Pillow cannot write
ARITHMETIC = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExciJCIe"
    "JBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/yQARCAAYACAD"
    "AREAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ANpyPKgw6CTswW7AYLxNc4GoutZwfS7nGLA78s+7ZGTrHKEWnRsz2NXW/mYwZRGM"
    "fU9Aj9N/R+b9xDQ3/BpWkuz7ZodEMI5E4dy62FzA8rh5p88XwcrBz6S8D8EZxYJoZEWaRAwjLZD6ti1WJ8Tl/vKmzvja/9k="
)


def jpegs(rng: Random) -> Iterator[Case]:
    for progressive in (False, True):
        for subsampling in (0, 1, 2):
            drawn = smooth(*size(rng, 60))
            restart = int(rng.integers(0, 4))
            options = {"quality": 90, "progressive": progressive, "restart_marker_blocks": restart}
            data = encode(Image.fromarray(drawn), "JPEG", subsampling=subsampling, **options)
            yield right("colour.jpg", data, drawn, LOSS * (1 + 2 * subsampling))
            yield Case("colour-again.jpg", data, "read", second_opinion(data), 1)
        data = encode(Image.fromarray(drawn[:, :, 0]), "JPEG", **options)
        yield right("grey.jpg", data, drawn[:, :, 0], LOSS)
    inks = np.dstack([drawn, drawn[:, :, 0]])
    seen = (255.0 - inks[:, :, :3]) * (255.0 - inks[:, :, 3:]) / 255
    yield right("cmyk.jpg", encode(Image.fromarray(inks, "CMYK"), "JPEG", quality=95), seen, LOSS)
    yield right("arithmetic.jpg", base64.b64decode(ARITHMETIC), smooth(24, 32), LOSS)
    data = encode(Image.fromarray(drawn), "JPEG", quality=90, keep_rgb=True)
    yield right("rgb.jpg", data, drawn, LOSS)


def webps(rng: Random) -> Iterator[Case]:
    values, clear = samples(rng, 3, 8), samples(rng, 4, 8)
    yield right("still.webp", encode(Image.fromarray(values), "WEBP", lossless=True), values)
    again = [Image.fromarray(255 - values)]
    moving = encode(Image.fromarray(values), "WEBP", lossless=True, save_all=True, append_images=again)
    yield right("moving.webp", moving, values)
    data = encode(Image.fromarray(clear), "WEBP", lossless=True, exact=True)
    yield right("clear.webp", data, on_white(clear[:, :, :3], clear[:, :, 3]), 1)
    drawn = smooth(*size(rng, 60))
    data = encode(Image.fromarray(drawn), "WEBP", quality=int(rng.integers(0, 101)))
    yield Case("lossy.webp", data, "read", second_opinion(data), 1)


def upright(stored: Array, orientation: int) -> Array:
    """Put row 0 and column 0 of `stored` to the sides where the standard says that they are."""
    row, column = TURNED[orientation]
    if row in ("left", "right"):
        stored = stored.transpose(1, 0, 2)
        row, column = column, row
    return stored[:: -1 if row == "bottom" else 1, :: -1 if column == "right" else 1]


def exif(orientation: int, order: str = "<") -> bytes:
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return start + struct.pack(order + "H", 1) + entry + bytes(4)


def turned(rng: Random) -> Iterator[Case]:
    for orientation in TURNED:
        values = samples(rng, 3, 8)
        drawn = upright(values, orientation)
        blob = exif(orientation, str(rng.choice(["<", ">"])))
        yield right(f"{orientation}.png", writers.png(values, 8, 2, extra=[(b"eXIf", blob)]), drawn)
        data = encode(Image.fromarray(values), "WEBP", lossless=True, exif=blob)
        yield right(f"{orientation}.webp", data, drawn)
        yield right(f"{orientation}.tif", tiff([(values, {274: orientation})]), drawn)
        yield right(f"{orientation}-deflated.tif", tiff([(values, {274: orientation, 259: 8})]), drawn)
        photo = smooth(24, 40)
        data = encode(Image.fromarray(photo), "JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + blob)
        yield right(f"{orientation}.jpg", data, upright(photo, orientation), LOSS)


def absurd_exif(rng: Random) -> Iterator[Case]:
    """Orientations that are none, directories that point at themselves or beyond the file, and noise."""
    values, photo = samples(rng, 3, 8), smooth(24, 40)
    blob = exif(6)
    loop = blob[:-4] + struct.pack("<I", 8)
    entries = b"".join(struct.pack("<HHII", 40000 + n, 7, 2**31, 8) for n in range(2000))
    many = b"II*\0" + struct.pack("<IH", 8, 2000) + entries + bytes(4)
    text = blob[:12] + struct.pack("<HI", 2, 1) + b"x\0\0\0" + bytes(4)
    none = [exif(0), exif(9), exif(65535), exif(1)[:11], b"", text, many, rng.bytes(int(rng.integers(1, 300)))]
    for number, lie in enumerate(none):
        yield right(f"{number}.png", writers.png(values, 8, 2, extra=[(b"eXIf", lie)]), values)
        data = encode(Image.fromarray(values), "WEBP", lossless=True, exif=lie)
        yield right(f"{number}.webp", data, values)
        data = encode(Image.fromarray(photo), "JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + lie)
        yield right(f"{number}.jpg", data, photo, LOSS)
    yield right("loop.png", writers.png(values, 8, 2, extra=[(b"eXIf", loop)]), upright(values, 6))


def profiles(rng: Random) -> Iterator[Case]:
    """Colour profiles, sound or not, change no number."""
    values = samples(rng, 3, 8)
    image = Image.fromarray(values)
    sound = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for profile in (sound, other, sound[: int(rng.integers(4, len(sound)))], rng.bytes(200), b"\0"):
        yield right("profile.png", encode(image, "PNG", icc_profile=profile), values)
        yield right("profile.webp", encode(image, "WEBP", lossless=True, icc_profile=profile), values)
        yield right("profile.tif", encode(image, "TIFF", icc_profile=profile), values)
