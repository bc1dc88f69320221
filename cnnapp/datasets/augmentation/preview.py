"""The same changes as in training, with NumPy: for previews, where TensorFlow must not be loaded."""

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.augmentation import geometry
from cnnapp.datasets.augmentation.draws import Draws

Floats = NDArray[np.float32]


def apply(images: NDArray[np.uint8], draws: Draws, *, partner: int = 1) -> NDArray[np.uint8]:
    """Change images as training changes a batch of them, but for rounding to whole numbers at the end.

    Args:
        images: uint8 (n, h, w, c).
        draws: of `draw`, one row per image.
        partner: mixup takes the image so many places before; training takes 1.

    Returns:
        uint8 (n, h, w, c).
    """
    pixels = images.astype(np.float32)
    if "transform" in draws:
        pixels = geometry.sample(pixels, draws["transform"])
    if "brightness" in draws:
        pixels = np.clip(pixels * _per_image(draws["brightness"]), 0, 255)
    if "contrast" in draws:
        means = _channel_means(pixels)
        pixels = np.clip(means + _per_image(draws["contrast"]) * (pixels - means), 0, 255)
    if "hole" in draws:
        pixels = np.where(_inside(draws["hole"], pixels.shape[1:3]), _channel_means(pixels), pixels)
    if "share" in draws:
        share = _per_image(draws["share"])
        pixels = share * pixels + (1 - share) * np.roll(pixels, partner, axis=0)
    return np.asarray(np.round(pixels), np.uint8)


def _per_image(values: Floats) -> Floats:
    return values[:, None, None, None]


def _channel_means(pixels: Floats) -> Floats:
    return np.asarray(pixels.mean(axis=(1, 2), keepdims=True, dtype=np.float32))


def _inside(holes: NDArray[np.int32], size: tuple[int, ...]) -> NDArray[np.bool_]:
    top, left, bottom, right = holes.T[:, :, None]
    rows, columns = np.arange(size[0]), np.arange(size[1])
    down, across = (rows >= top) & (rows < bottom), (columns >= left) & (columns < right)
    return np.asarray((down[:, :, None] & across[:, None, :])[..., None])
