"""What each image of an epoch goes through: pure functions of (seed, epoch, image), so that nothing must be saved."""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.augmentation import geometry
from cnnapp.recipes import Augmentation

Draws = dict[str, NDArray[Any]]  # one row per image; only of what was asked for


class _Stream(IntEnum):
    """Independent random numbers of one epoch; a new kind takes a new one, so that the others keep theirs."""

    GEOMETRY = 0
    BRIGHTNESS = 1
    CONTRAST = 2
    HOLE = 3
    SHARE = 4


def draw(augmentation: Augmentation, count: int, image_shape: tuple[int, int, int], *, seed: int, epoch: int) -> Draws:
    """Draw what happens to each image.

    Args:
        augmentation: what to draw from.
        count: how many images; row i is the same for every count above i.
        image_shape: (height, width, channels).
        seed: of the run.
        epoch: counted from 0.

    Returns:
        What was asked for of these, in the order in which they are applied:

        - "transform" float32 (count, 8): a0 a1 a2 b0 b1 b2 c0 c1 as in tf.raw_ops.ImageProjectiveTransformV3, which
          maps the output pixel (x, y) to the input point (a0·x + a1·y + a2, b0·x + b1·y + b2); pixel centres are
          whole numbers. Bilinear; points outside take the nearest pixel.
        - "brightness" float32 (count,): pixels become brightness · x, clipped to 0-255 (ImageDataGenerator's
          brightness_range, torchvision's adjust_brightness).
        - "contrast" float32 (count,): pixels become mean + contrast · (x - mean), clipped to 0-255, with the mean of
          the image's channel (tf.image.adjust_contrast, Keras' RandomContrast).
        - "hole" int32 (count, 4): top, left, bottom, right of a square that takes the mean of each of the image's
          channels (cutout, DeVries & Taylor 2017). Its centre is any pixel, so it may stand half outside. They blank
          with the set's mean; the image's own needs no pass over the set, and suits ink as well as photos.
        - "share" float32 (count,): image and label become share · own + (1 - share) · partner's (mixup, Zhang et al.
          2018), share from Beta(alpha, alpha), one for each image. The partner is the image before it in its batch,
          the last one for the first: the order of an epoch is random already.
    """

    def numbers(stream: _Stream) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[seed, epoch], counter=[0, 0, 0, stream]))

    drawn: Draws = {}
    if geometry.is_wanted(augmentation):
        uniform = numbers(_Stream.GEOMETRY).random((count, geometry.NUMBERS))
        drawn["transform"] = geometry.compute_transforms(augmentation, uniform, image_shape)
    if spread := augmentation.brightness:
        drawn["brightness"] = _factors(numbers(_Stream.BRIGHTNESS), spread, count)
    if spread := augmentation.contrast:
        drawn["contrast"] = _factors(numbers(_Stream.CONTRAST), spread, count)
    if share := augmentation.cutout:
        drawn["hole"] = _holes(numbers(_Stream.HOLE).random((count, 2)), share, image_shape[:2])
    if alpha := augmentation.mixup:
        drawn["share"] = numbers(_Stream.SHARE).beta(alpha, alpha, count).astype(np.float32)
    return drawn


def _factors(numbers: np.random.Generator, spread: float, count: int) -> NDArray[np.float32]:
    return (1 + spread * (2 * numbers.random(count) - 1)).astype(np.float32)


def _holes(uniform: NDArray[np.float64], share: float, size: tuple[int, int]) -> NDArray[np.int32]:
    side = max(1, round(share * min(size)))
    first = np.floor(uniform * size).astype(np.int32) - side // 2
    return np.concatenate([first, first + side], axis=1).clip(0, [*size, *size]).astype(np.int32)
