"""Random changes of training images as projective transforms: drawn without state, applied where the network trains.

Conventions of Keras' ImageDataGenerator (keras.src.legacy.preprocessing.image.apply_affine_transform): rotation, shift,
shear and zoom about the centre of the image, then the flips; points outside take the nearest pixel.
"""

import numpy as np
from numpy.typing import NDArray

from cnnapp.recipes import Augmentation

DRAWS = 8  # uniform numbers per image; a new kind of change takes a new column, so that old ones keep theirs


def draw(
    augmentation: Augmentation, count: int, image_shape: tuple[int, int, int], *, seed: int, epoch: int
) -> NDArray[np.float32]:
    """Draw one transform per image.

    Args:
        augmentation: what to draw from.
        count: how many images; row i is the same for every count above i.
        image_shape: (height, width, channels).
        seed: of the run.
        epoch: counted from 0.

    Returns:
        float32 (count, 8): a0 a1 a2 b0 b1 b2 c0 c1 as in tf.raw_ops.ImageProjectiveTransformV3, which maps the output
        pixel (x, y) to the input point (a0·x + a1·y + a2, b0·x + b1·y + b2); pixel centres are whole numbers.
    """
    if not augmentation.active:
        return np.tile(np.array([1, 0, 0, 0, 1, 0, 0, 0], np.float32), (count, 1))
    height, width, _ = image_shape
    numbers = np.random.Generator(np.random.Philox(key=[seed, epoch])).random((count, DRAWS))
    spread = numbers * 2 - 1  # -1 to 1
    matrix = (
        _translation((width - 1) / 2, (height - 1) / 2, count)
        @ _rotation(spread[:, 2] * np.deg2rad(augmentation.rotation))
        @ _translation(
            spread[:, 4] * augmentation.width_shift * width, spread[:, 3] * augmentation.height_shift * height
        )
        @ _shear(spread[:, 7] * augmentation.shear)
        @ _scale(1 + spread[:, 6] * augmentation.zoom, 1 + spread[:, 5] * augmentation.zoom)
        @ _scale(
            np.where(augmentation.horizontal_flip & (numbers[:, 0] < 0.5), -1.0, 1.0),
            np.where(augmentation.vertical_flip & (numbers[:, 1] < 0.5), -1.0, 1.0),
        )
        @ _translation(-(width - 1) / 2, -(height - 1) / 2, count)
    )
    return matrix.reshape(count, 9)[:, :8].astype(np.float32)


def apply(images: NDArray[np.uint8], transforms: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Apply one transform to each image, for previews: bilinear, nearest pixel outside, as in training.

    Args:
        images: uint8 (n, h, w, c).
        transforms: float32 (n, 8) from `draw`.

    Returns:
        uint8 (n, h, w, c).
    """
    changed = [_sample(image, transform) for image, transform in zip(images, transforms, strict=True)]
    return np.stack(changed) if changed else images.copy()


def _sample(image: NDArray[np.uint8], transform: NDArray[np.float32]) -> NDArray[np.uint8]:
    height, width, _ = image.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    a0, a1, a2, b0, b1, b2 = transform[:6]
    x = np.clip(a0 * columns + a1 * rows + a2, 0, width - 1)
    y = np.clip(b0 * columns + b1 * rows + b2, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = image[top, left] * (1 - across) + image[top, right] * across
    lower = image[bottom, left] * (1 - across) + image[bottom, right] * across
    return np.asarray(np.round(upper * (1 - down) + lower * down), np.uint8)


def _matrices(count: int) -> NDArray[np.float64]:
    return np.tile(np.eye(3), (count, 1, 1))


def _translation(x: float | NDArray[np.float64], y: float | NDArray[np.float64], count: int = 0) -> NDArray[np.float64]:
    matrix = _matrices(count or np.size(x))
    matrix[:, 0, 2], matrix[:, 1, 2] = x, y
    return matrix


def _scale(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = _matrices(len(x))
    matrix[:, 0, 0], matrix[:, 1, 1] = x, y
    return matrix


def _rotation(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = _matrices(len(theta))
    matrix[:, 0, 0] = matrix[:, 1, 1] = np.cos(theta)
    matrix[:, 0, 1], matrix[:, 1, 0] = -np.sin(theta), np.sin(theta)
    return matrix


def _shear(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix = _matrices(len(angle))
    matrix[:, 0, 1], matrix[:, 1, 1] = -np.sin(angle), np.cos(angle)
    return matrix
