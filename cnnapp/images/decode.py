"""THE decode function: bytes of an image file to pixels, hostile files included."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, features

from cnnapp.errors import CnnAppError
from cnnapp.images.cost import most_pixels
from cnnapp.images.kinds import FORMATS, foreign_kind, readable_kind
from cnnapp.images.modes import Pixels, Read, read_pixels
from cnnapp.images.quiet import WithoutWarnings
from cnnapp.images.values import Deep, ValueRange
from cnnapp.settings import settings

DECODE_ID = "2-" + "-".join(
    f"{name}{features.version(name)}" for name in ("pil", "libjpeg_turbo", "webp", "libtiff", "zlib_ng")
)
"""Names everything that pixels depend on: the rules of this file (the leading number) and the codecs.

Embedded colour profiles (ICC) are ignored, as the loaders of Keras and TensorFlow ignore them: the numbers in the
file are the numbers that a network sees."""

_ORIENTATION_TAG = 0x0112
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {  # EXIF 2.32, 4.6.4 A: what undoes each orientation
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].transpose(1, 0, 2),
    8: lambda pixels: np.rot90(pixels, 1),
}
_without_warnings = WithoutWarnings()


@dataclass(frozen=True)
class Decoded:
    """One image: uint8 (height, width, channels), 0-255; grey sources have 1 channel, coloured ones 3."""

    pixels: Pixels
    format: str  # one of PNG, JPEG, WEBP, BMP, GIF, TIFF
    conversions: tuple[str, ...]  # what was changed on the way, in the fixed words that `images.modes` uses
    deep: Deep | None = None  # the values of 16-bit grey, integers of 32 bits and floats


def decode(
    data: bytes, name: str = "the image", *, max_pixels: int | None = None, value_range: ValueRange | None = None
) -> Decoded:
    """Decode a PNG, JPEG, WebP, BMP, GIF (first frame) or TIFF (first page) image.

    EXIF orientation is applied and transparency is flattened on white. 16-bit colour keeps its high bytes. Without a
    `value_range` 16-bit grey is divided by 257; integers of 32 bits and floats keep their range if it is 0-1, 0-255
    or 0-65535 and are stretched from their minimum to their maximum otherwise.

    Args:
        data: all bytes of the file.
        name: what to call the file in errors.
        max_pixels: refuse larger images before decoding them; by default the operator's setting. Files whose
            decoding needs more memory than usual (see `cost`) may have fewer.
        value_range: the values of 16-bit grey, integers of 32 bits and floats that become 0 and 255: a set's own.

    Raises:
        CnnAppError: the file is not such an image, is damaged or cut short, or is too large.
    """
    limit = settings().max_image_pixels if max_pixels is None else max_pixels
    kind = _check_bytes(data, name)
    try:
        read, orientation = _read(data, kind, (limit, value_range), name)
    except CnnAppError:
        raise
    except Image.DecompressionBombError as error:
        most = min(limit, 2 * (Image.MAX_IMAGE_PIXELS or limit))
        raise _too_large("too many", most, name) from error
    except Exception as error:  # nine types seen from Pillow on damaged files, SyntaxError among them
        raise _damaged(error, kind, name) from error
    pixels = read.pixels
    if orientation in _UPRIGHT:  # only now, when Pillow's image is gone from memory
        pixels = np.ascontiguousarray(_UPRIGHT[orientation](pixels))
    return Decoded(pixels, kind, tuple(read.conversions), read.deep)


def _check_bytes(data: bytes, name: str) -> str:
    if not data:
        raise CnnAppError(f"{name} is empty (0 bytes): choose the file again.")
    most = settings().max_upload_bytes
    if len(data) > most:
        raise CnnAppError(f"{name} has {len(data) >> 20} MB; at most {most >> 20} MB are read: make it smaller.")
    kind = readable_kind(data)
    if kind:
        return kind
    raise CnnAppError(f"{name} is {_refusal(foreign_kind(data))}")


def _refusal(kind: str | None) -> str:
    """Return the end of the sentence about a file of a kind that is not read, and what to do with such a one."""
    if kind is None:
        return "no image in a format that can be recognised, or it is damaged: choose another file."
    if kind == "a web page":
        return f"{kind}, not an image, whatever its name says: open it in a browser and save the picture itself."
    if kind.endswith("archive"):
        return f"{kind}, not an image: unpack it and choose the images in it."
    if kind.endswith(("text file", "array", "HDF5 file")):
        return f"{kind}, not an image, whatever its name says: choose another file."
    return f"{kind}, which this app does not read. Save it as JPEG or PNG and drop it again."


def _check_size(size: tuple[int, int], limit: int, name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise CnnAppError(f"{name} is {width}×{height} pixels, so there is nothing to see: choose another image.")
    if width * height > limit:
        raise _too_large(f"{width}×{height}", limit, name)


def _too_large(size: str, limit: int, name: str) -> CnnAppError:
    return CnnAppError(f"{name} has {size} pixels; at most {limit / 1e6:.3g} million are read: make it smaller.")


def _damaged(error: Exception, kind: str, name: str) -> CnnAppError:
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return CnnAppError(f"{name} is a {kind} image that is cut short: copy or download it again.")
    return CnnAppError(
        f"{name} looks like a {kind} image but is damaged or of a rare variant: open it elsewhere and save it as PNG."
    )


def _read(data: bytes, kind: str, limits: tuple[int, ValueRange | None], name: str) -> tuple[Read, int]:
    """Return the pixels as they lie in the file, and the orientation still to be undone."""
    limit, value_range = limits
    with _without_warnings, Image.open(io.BytesIO(data), formats=FORMATS) as image:
        _check_size(image.size, most_pixels(image, kind, data, limit), name)
        # Pillow turns a TIFF while loading it and then forgets that it did; a PNG's EXIF may follow its pixels.
        turned = _orientation(image) if kind == "TIFF" else 1
        read = read_pixels(image, name, value_range)
        orientation = _orientation(image)
        if orientation in _UPRIGHT or turned in _UPRIGHT:
            read.conversions.insert(0, "rotated")
        # Only the pages and animations that people make: a JPEG's second picture is a preview or a depth map.
        if kind != "JPEG" and _has_more_frames(image):
            read.conversions.append("first frame")
        return read, orientation


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # damaged metadata must not cost the picture
        return 1


def _has_more_frames(image: Image.Image) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # damage behind the first frame must not cost the first frame
        return False
