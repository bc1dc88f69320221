"""Pillow's image modes, each to uint8 with 1 or 3 channels."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from cnnapp.errors import CnnAppError
from cnnapp.images.values import Deep, ValueRange, to_bytes

Pixels = npt.NDArray[np.uint8]

_WHITE_IS_ZERO = 0  # TIFF's PhotometricInterpretation
_PHOTOMETRIC_TAG = 262
_BAND_PIXELS = (
    1 << 20
)  # converted at a time: what lies between the file's mode and the result is never as large as both


class Read(NamedTuple):
    """An image's pixels, and how they came about."""

    pixels: Pixels  # uint8 (h, w, 1 or 3)
    conversions: list[str]  # fixed words, which lists of facts count
    deep: Deep | None = None  # its values, if they do not fit 8 bits


def read_pixels(image: ImageFile.ImageFile, name: str, value_range: ValueRange | None) -> Read:
    """Load an opened image; `value_range` holds for 16-bit grey, integers of 32 bits and floats.

    Raises:
        CnnAppError: its values or its colour mode mean nothing as a picture.
    """
    rawmode, covered = _rawmode(image), _covered(image)  # forgotten by Pillow once the image is loaded
    image.load()
    read = _from_mode(image, rawmode, value_range, name)
    if covered is not None:
        _whiten_outside(read.pixels, covered)
        words = [word for word in read.conversions if word != "alpha flattened"] + ["alpha flattened"]
        return read._replace(conversions=words)
    return read


def _from_mode(image: Image.Image, rawmode: str, value_range: ValueRange | None, name: str) -> Read:
    if image.mode.startswith("I;16"):
        return _from_deep_grey(image, rawmode, value_range)
    if image.mode in ("I", "F"):
        return _from_numbers(image, value_range, name)
    if image.mode in ("LAB", "HSV"):
        raise CnnAppError(f"{name} is in {image.mode} colours, which this app does not read: save it as RGB.")
    return Read(*_from_bytes(image, rawmode))


def _rawmode(image: ImageFile.ImageFile) -> str:
    arguments = image.tile[0].args if image.tile else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return str(first or "")


def _covered(image: ImageFile.ImageFile) -> tuple[int, int, int, int] | None:
    """Return what a GIF's first frame covers (left, top, right, bottom); None when it is all of the image."""
    if image.format != "GIF" or not image.tile:
        return None
    box = image.tile[0].extents
    return None if box == (0, 0, *image.size) else box


def _whiten_outside(pixels: Pixels, box: tuple[int, int, int, int]) -> None:
    # Where no frame has drawn, browsers show what is behind; Pillow shows whatever colour comes first in the palette.
    left, top, right, bottom = box
    for outside in (pixels[:top], pixels[bottom:], pixels[:, :left], pixels[:, right:]):
        outside[:] = 255


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    """Cut the image into bands of rows, from the top."""
    width, height = image.size
    rows = max(1, _BAND_PIXELS // width)
    if rows >= height:
        yield image
        return
    for top in range(0, height, rows):
        yield image.crop((0, top, width, min(top + rows, height)))


def _convert(image: Image.Image, channels: int, to_bytes: Callable[[Image.Image], npt.NDArray[Any]]) -> Pixels:
    pixels = np.empty((image.height, image.width, channels), np.uint8)
    top = 0
    for band in _bands(image):
        pixels[top : top + band.height] = to_bytes(band).reshape(band.height, band.width, channels)
        top += band.height
    return pixels


def _from_deep_grey(image: Image.Image, rawmode: str, value_range: ValueRange | None) -> Read:
    full = 4095 if rawmode == "I;12" else 65535
    low, high = value_range or (0, full)
    white_is_zero = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO
    transparent = image.info.get("transparency")
    extremes: list[tuple[float, float]] = []

    def convert(band: Image.Image) -> npt.NDArray[Any]:
        values = np.asarray(band)
        seen = values if transparent is None else values[values != transparent]
        if seen.size:
            extremes.append((float(seen.min()), float(seen.max())))
        grey = to_bytes(values, low, high)
        if white_is_zero:
            grey = 255 - grey  # Pillow inverts these up to 8 bits only
        return grey if transparent is None else np.where(values == transparent, 255, grey)

    conversions = ["16-bit scaled"] if transparent is None else ["16-bit scaled", "alpha flattened"]
    pixels = _convert(image, 1, convert)
    deep = _deep(extremes, full)
    return Read(pixels, conversions + _clipped(deep, value_range), deep)


def _from_numbers(image: Image.Image, value_range: ValueRange | None, name: str) -> Read:
    extremes = [(float(values.min()), float(values.max())) for values in map(np.asarray, _bands(image))]
    if not np.isfinite(extremes).all():  # NaN is the least and the greatest wherever it is
        raise CnnAppError(f"{name} holds values that are not numbers (NaN or infinity): save it again without them.")
    deep = _deep(extremes, None)
    full = next((full for full in (1, 255, 65535) if _fits(deep, full)), None)
    # Without a usual range the darkest becomes black and the brightest white.
    low, high = value_range or ((0, full) if full is not None else (deep.low, max(deep.high, deep.low + 1)))
    pixels = _convert(image, 1, lambda band: to_bytes(np.asarray(band), low, high))
    conversions = ["float scaled"] if value_range or full != 255 else []
    return Read(pixels, conversions + _clipped(deep, value_range), deep._replace(full=full))


def _deep(extremes: list[tuple[float, float]], full: float | None) -> Deep:
    low, high = min((low for low, _ in extremes), default=0.0), max((high for _, high in extremes), default=0.0)
    return Deep(low, high, full)


def _fits(deep: Deep, full: float) -> bool:
    slack = min(full, 255) / 510  # half a level: 1.0000001 is 1
    return -slack <= deep.low and deep.high <= full + slack


def _clipped(deep: Deep, value_range: ValueRange | None) -> list[str]:
    if value_range is None or (value_range[0] <= deep.low and deep.high <= value_range[1]):
        return []
    return ["clipped to the set's range"]


def _from_bytes(image: Image.Image, rawmode: str) -> tuple[Pixels, list[str]]:
    mode = image.mode
    conversions = ["16-bit scaled"] if ";16" in rawmode else []
    if mode in ("P", "PA"):
        conversions.append("palette")
    if mode == "CMYK":
        conversions.append("CMYK converted")
    flatten = _Flatten(image, rawmode) if image.has_transparency_data else None
    wanted = "L" if mode in ("1", "L", "LA", "La") or rawmode == "LA;16B" else "RGB"

    def to_bytes(band: Image.Image) -> npt.NDArray[Any]:
        band = flatten(band) if flatten else band
        return np.asarray(band if band.mode == wanted else band.convert(wanted))

    pixels = _convert(image, 1 if wanted == "L" else 3, to_bytes)
    if flatten and flatten.anything:
        conversions.append("alpha flattened")
    if mode in ("P", "PA") and _is_grey(pixels):
        pixels = pixels[:, :, :1].copy()
    return pixels, conversions


def _is_grey(pixels: Pixels) -> bool:
    return all((row[:, 1:] == row[:, :1]).all() for row in pixels)


class _Flatten:
    """Lays parts of an image on white; tells whether anything was see-through."""

    def __init__(self, image: Image.Image, rawmode: str) -> None:
        self.anything = False
        if "transparency" in image.info:
            image.info["transparency"] = _key_in_8_bits(image.info["transparency"], rawmode)

    def __call__(self, band: Image.Image) -> Image.Image:
        if band.mode in ("La", "RGBa"):
            band = band.convert({"La": "LA", "RGBa": "RGBA"}[band.mode])
        band = band if band.mode == "RGBA" else band.convert("RGBA")
        alpha = band.getchannel("A")
        self.anything |= alpha.getextrema() != (255, 255)
        paper = Image.new("RGB", band.size, "white")
        paper.paste(band.convert("RGB"), mask=alpha)
        return paper


def _key_in_8_bits(key: Any, rawmode: str) -> Any:
    # A PNG names its see-through colour at the file's depth; Pillow compares it with pixels of 8 bits.
    if rawmode == "RGB;16B":
        return tuple(value >> 8 for value in key)
    return key * {"L;2": 85, "L;4": 17}.get(rawmode, 1)
