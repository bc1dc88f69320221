"""Whether the images of a set are pen and ink, guessed by their pixels, and the rule by which pictures become alike."""

import numpy as np
from numpy.typing import NDArray

from cnnapp.images import InkRule

SAMPLE = 200  # images that the guess is made from
DARK, BRIGHT = 32, 224


def looks_like_ink(images: NDArray[np.uint8]) -> bool:
    """Guess whether grey images, uint8 (n, h, w, c), are light ink on a dark ground: most pixels black, some white."""
    if not images.size or images.shape[3] != 1:
        return False
    return bool(np.mean(images < DARK) >= 0.6 and 0.02 <= np.mean(images >= BRIGHT) <= 0.3)


def ink_rule(images: NDArray[np.uint8], class_names: tuple[str, ...]) -> InkRule:
    """Return how the ink of these images, uint8 (n, h, w, c), lies: MNIST's rule for its like, else measured."""
    light = bool(np.mean(images) < 128)
    if light and images.shape[1:] == (28, 28, 1) and class_names == tuple("0123456789"):
        return InkRule.for_mnist()
    ink = (images.max(axis=3) >= 128) if light else (images.min(axis=3) < 128)
    spans = [max(np.ptp(places, axis=1)) + 1 for image in ink if (places := np.array(np.nonzero(image))).size]
    box = float(np.median(spans)) / max(images.shape[1:3]) if spans else 0.8
    return InkRule(light_on_dark=light, box=min(1.0, max(0.1, box)))
