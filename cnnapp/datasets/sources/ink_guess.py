"""Whether the images of a set are pen and ink, guessed by their pixels, and the rule by which pictures become alike."""

import numpy as np
from numpy.typing import NDArray

from cnnapp.images import InkRule

SAMPLE = 200  # images that the guess is made from
DARK, BRIGHT = 32, 224
LEAST_GROUND, LEAST_INK, MOST_INK = 0.6, 0.02, 0.3  # shares of all pixels
MOST_GREY = 0.25
"""Of what is not dark, the share within areas of grey. Strokes are grey at their edges only: 0.00 in MNIST, 0.04 when
it is enlarged to 64x64, 0.12 in noisy drawings; medical slices on black have 0.55 and more."""

GUESSED = (
    "The images look like pen and ink (light strokes on a dark ground, hardly any grey areas): for Predict, photos of "
    "ink on paper are inverted, cropped and centred like them."
)
CHOSEN = (
    "The set is pen and ink by choice: for Predict, photos of ink on paper are cropped and centred like its images."
)


def looks_like_ink(images: NDArray[np.uint8]) -> bool:
    """Guess whether images, uint8 (n, h, w, c), are light ink on a dark ground: mostly black, some white, few greys."""
    if not images.size or images.shape[3] != 1:
        return False
    dark, bright = float(np.mean(images < DARK)), float(np.mean(images >= BRIGHT))
    if dark < LEAST_GROUND or not LEAST_INK <= bright <= MOST_INK:
        return False
    return float(np.mean([_grey_areas(image[..., 0]) for image in images])) <= MOST_GREY * (1 - dark)


def _grey_areas(image: NDArray[np.uint8]) -> float:
    """Return the share of an image's pixels, (h, w), that are grey with all eight pixels around them."""
    grey = (image >= DARK) & (image < BRIGHT)
    for axis in (0, 1):
        length = grey.shape[axis]
        before, here, behind = (grey.take(range(start, length - 2 + start), axis) for start in range(3))
        grey = before & here & behind
    return float(grey.sum() / image.size)


def find_ink(
    images: NDArray[np.uint8], class_names: tuple[str, ...], wanted: bool | None
) -> tuple[InkRule | None, list[str]]:
    """Return the ink rule of a set, None for other sets, and what tells of it, in whole sentences.

    Args:
        images: some of its images, uint8 (n, h, w, c).
        class_names: of the set.
        wanted: whether it is pen and ink; None: guess.
    """
    if images.shape[3] != 1 or not (looks_like_ink(images) if wanted is None else wanted):
        return None, []
    return ink_rule(images, class_names), [GUESSED if wanted is None else CHOSEN]


def ink_rule(images: NDArray[np.uint8], class_names: tuple[str, ...]) -> InkRule:
    """Return how the ink of these images, uint8 (n, h, w, c), lies: MNIST's rule for its like, else measured."""
    light = bool(np.mean(images) < 128)
    if light and images.shape[1:] == (28, 28, 1) and class_names == tuple("0123456789"):
        return InkRule.for_mnist()
    ink = (images.max(axis=3) >= 128) if light else (images.min(axis=3) < 128)
    spans = [max(np.ptp(places, axis=1)) + 1 for image in ink if (places := np.array(np.nonzero(image))).size]
    box = float(np.median(spans)) / max(images.shape[1:3]) if spans else 0.8
    return InkRule(light_on_dark=light, box=min(1.0, max(0.1, box)))
