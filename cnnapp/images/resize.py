"""Sizes and channels of images."""

from typing import Literal

import numpy as np
from PIL import Image

from cnnapp.images.modes import Pixels

ResizeMode = Literal["stretch", "pad", "crop"]


def resize(pixels: Pixels, height: int, width: int, mode: ResizeMode = "stretch") -> Pixels:
    """Resize an image with an antialiased bicubic filter (Pillow's); unchanged when it has the size already.

    Args:
        pixels: uint8 (h, w, 1 or 3).
        height: rows of the result.
        width: columns of the result.
        mode: "stretch" ignores the proportions, "pad" fits the whole image and fills up with black, "crop" fills the
            result and cuts off what hangs over, the same on both sides.

    Returns:
        uint8 (height, width, channels of `pixels`).
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    if mode == "pad":
        return _pad(pixels, height, width)
    return _scale(pixels, height, width, _centre_box(pixels, height, width) if mode == "crop" else None)


def to_channels(pixels: Pixels, channels: int) -> Pixels:
    """Return the image with 1 channel (luma of ITU-R BT.601) or 3 (grey repeated)."""
    if pixels.shape[2] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=2)
    return np.asarray(Image.fromarray(pixels).convert("L"))[:, :, None]


def _scale(pixels: Pixels, height: int, width: int, box: tuple[float, float, float, float] | None = None) -> Pixels:
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    scaled = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=box))
    return scaled.reshape(height, width, pixels.shape[2])


def _centre_box(pixels: Pixels, height: int, width: int) -> tuple[float, float, float, float]:
    have_height, have_width = pixels.shape[:2]
    scale = max(height / have_height, width / have_width)
    left, top = (have_width - width / scale) / 2, (have_height - height / scale) / 2
    return max(left, 0.0), max(top, 0.0), min(have_width - left, have_width), min(have_height - top, have_height)


def _pad(pixels: Pixels, height: int, width: int) -> Pixels:
    scale = min(height / pixels.shape[0], width / pixels.shape[1])
    inner_height = min(height, max(1, round(pixels.shape[0] * scale)))
    inner_width = min(width, max(1, round(pixels.shape[1] * scale)))
    padded = np.zeros((height, width, pixels.shape[2]), np.uint8)
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    padded[top : top + inner_height, left : left + inner_width] = _scale(pixels, inner_height, inner_width)
    return padded
