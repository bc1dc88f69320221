"""Hashes that are alike where images look alike."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def perceptual_hash(grey: NDArray[np.uint8]) -> int:
    """Return 64 bits that say what a grey image (h, w) looks like: similar pictures differ in few of them.

    The signs of the lowest frequencies of its cosine transform (Zauner, 2010, as in the library ImageHash).
    """
    from imagehash import phash

    bits = phash(Image.fromarray(grey)).hash
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
