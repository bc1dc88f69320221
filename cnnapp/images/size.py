"""An image's size from its header."""

import io

from PIL import Image

from cnnapp.images.kinds import FORMATS
from cnnapp.images.quiet import WithoutWarnings

_without_warnings = WithoutWarnings()


def announced_pixels(data: bytes) -> int:
    """Return how many pixels an image file says it has, without decoding it; 0 when it cannot be told."""
    try:
        with _without_warnings, Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return image.width * image.height
    except Exception:  # as many types as in `decode`, which will tell what is wrong
        return 0


def announced_deep(data: bytes) -> bool:
    """Whether an image file says that it holds more than 8 bits of grey, without decoding it."""
    try:
        with _without_warnings, Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return image.mode.startswith("I") or image.mode == "F"
    except Exception:  # as above
        return False
