"""Pillow's image modes, each to uint8 with 1 or 3 channels."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from cnnapp.errors import CnnAppError

Pixels = npt.NDArray[np.uint8]

_WHITE_IS_ZERO = 0  # TIFF's PhotometricInterpretation
_PHOTOMETRIC_TAG = 262


def read_pixels(image: ImageFile.ImageFile, name: str) -> tuple[Pixels, list[str]]:
    """Load an opened image.

    Returns:
        uint8 (h, w, 1 or 3) and the conversions that were needed, in the words of docs/architecture.md.

    Raises:
        CnnAppError: its values or its colour mode mean nothing as a picture.
    """
    rawmode = _rawmode(image)  # forgotten by Pillow once the image is loaded
    image.load()
    if image.mode.startswith("I;16"):
        return _from_deep_grey(image, rawmode)
    if image.mode in ("I", "F"):
        return _from_numbers(np.asarray(image, np.float64), name)
    if image.mode in ("LAB", "HSV"):
        raise CnnAppError(f"{name} is in {image.mode} colours, which this app does not read: save it as RGB.")
    return _from_bytes(image, rawmode)


def _rawmode(image: ImageFile.ImageFile) -> str:
    arguments = image.tile[0].args if image.tile else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return str(first or "")


def _from_deep_grey(image: Image.Image, rawmode: str) -> tuple[Pixels, list[str]]:
    values = np.asarray(image).astype(np.uint32)
    top = 4095 if rawmode == "I;12" else 65535
    pixels = ((values * 255 + top // 2) // top).astype(np.uint8)
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO:
        pixels = 255 - pixels  # Pillow inverts these up to 8 bits only
    conversions = ["16-bit scaled"]
    transparent = image.info.get("transparency")
    if transparent is not None:
        pixels = np.where(values == transparent, np.uint8(255), pixels)
        conversions.append("alpha flattened")
    return pixels[:, :, None], conversions


def _from_numbers(values: npt.NDArray[np.float64], name: str) -> tuple[Pixels, list[str]]:
    if not np.isfinite(values).all():
        raise CnnAppError(f"{name} holds values that are not numbers (NaN or infinity): save it again without them.")
    low, high = values.min(), values.max()
    top = next((top for top in (1, 255, 65535) if low >= 0 and high <= top), None)
    if top is None:  # no usual range: show the darkest as black and the brightest as white
        values, top = values - low, high - low
    pixels = np.rint(values * (255 / top)).astype(np.uint8)[:, :, None]
    return pixels, [] if top == 255 else ["float scaled"]


def _from_bytes(image: Image.Image, rawmode: str) -> tuple[Pixels, list[str]]:
    mode = image.mode
    conversions = ["16-bit scaled"] if ";16" in rawmode else []
    if mode in ("P", "PA"):
        conversions.append("palette")
    if mode == "CMYK":
        conversions.append("CMYK converted")
    if image.has_transparency_data:
        image, flattened = _flatten(image, rawmode)
        conversions += ["alpha flattened"] * flattened
    grey = mode in ("1", "L", "LA", "La") or rawmode == "LA;16B"
    pixels = np.array(image.convert("L" if grey else "RGB"))
    if mode in ("P", "PA") and (pixels == pixels[:, :, :1]).all():
        return pixels[:, :, :1], conversions
    return pixels[:, :, None] if grey else pixels, conversions


def _flatten(image: Image.Image, rawmode: str) -> tuple[Image.Image, bool]:
    """Lay the image on white; also tell whether anything was see-through."""
    if image.mode in ("La", "RGBa"):
        image = image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    if "transparency" in image.info:
        image.info["transparency"] = _key_in_8_bits(image.info["transparency"], rawmode)
    image = image.convert("RGBA")
    alpha = image.getchannel("A")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image.convert("RGB"), mask=alpha)
    return paper, alpha.getextrema() != (255, 255)


def _key_in_8_bits(key: Any, rawmode: str) -> Any:
    # A PNG names its see-through colour at the file's depth; Pillow compares it with pixels of 8 bits.
    if rawmode == "RGB;16B":
        return tuple(value >> 8 for value in key)
    return key * {"L;2": 85, "L;4": 17}.get(rawmode, 1)
