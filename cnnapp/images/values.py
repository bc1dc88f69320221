"""Numbers that do not fit 8 bits (16-bit grey, integers, floats): the range a set shares, and bytes by it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

ValueRange = tuple[float, float]
"""The values that become 0 and 255."""

ENOUGH = 0.5  # of its full range that a set must use to keep it: at least 128 of 256 levels then stay


class Deep(NamedTuple):
    """The values of an image that holds more than 8 bits."""

    low: float
    high: float
    full: float | None  # the greatest value of its kind: 65535, or 4095, 255, 1; None: it has no usual range


def find_range(images: Iterable[Deep]) -> ValueRange | None:
    """Return the least and the greatest value of a set's images; None: their kind's full range is used well."""
    found = list(images)
    if not found:
        return None
    low, high = min(image.low for image in found), max(image.high for image in found)
    kinds = {image.full for image in found}
    full = kinds.pop() if len(kinds) == 1 else None
    if low == high or (full is not None and high - low >= ENOUGH * full):
        return None
    return low, high


def to_bytes(values: npt.NDArray[Any], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Return numbers of any shape as uint8: `low` becomes 0, `high` becomes 255, what lies outside is clipped."""
    scaled = (values.astype(np.float64) - low) * (255 / (high - low))
    return np.rint(scaled).clip(0, 255).astype(np.uint8)


def range_words(value_range: ValueRange) -> str:
    """Return a range for people: "727 to 1,638"."""
    low, high = (f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.4g}" for value in value_range)
    return f"{low} to {high}".replace("-", "−")
