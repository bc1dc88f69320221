"""How an array's numbers become pixels: which of them are 0 and 255."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report, rows_per_batch
from cnnapp.datasets.sources.npz import Header
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

Array = NDArray[Any]


class PixelRule(NamedTuple):
    """How an archive's numbers become uint8 0-255."""

    kind: str  # the conversion to count and show, "" for none
    factor: int  # 1 or 255

    def apply(self, images: Array) -> NDArray[np.uint8]:
        """Return images (n, h, w) or (n, h, w, c) as uint8 (n, h, w, c)."""
        shaped = images if images.ndim == 4 else images[..., None]
        if not self.kind:
            return shaped
        return np.round(shaped.astype(np.float32) * self.factor).astype(np.uint8)


def image_shape(name: str, header: Header) -> tuple[int, int, int]:
    """Return (height, width, channels) of an array of images.

    Raises:
        CnnAppError: its shape, type or size is not that of grey or colour images.
    """
    shape, kind = header.shape, header.dtype.kind
    if kind not in "biuf":
        raise CnnAppError(f"{name} has values of type {header.dtype}: expected numbers from 0 to 255 or from 0 to 1.")
    if len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3):
        raise CnnAppError(f"{name} has shape {shape}, channels first: expected (images, height, width, channels).")
    if not (len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3))):
        raise CnnAppError(
            f"{name} has shape {shape}: expected (images, height, width) or (images, height, width, 1 or 3)."
        )
    if 0 in shape:
        raise CnnAppError(f"{name} has shape {shape}, so there are no images in it: expected at least one.")
    height, width, channels = (*shape[1:3], shape[3] if len(shape) == 4 else 1)
    if height * width > settings().max_image_pixels:
        raise CnnAppError(
            f"The images of {name} have {height}×{width} pixels, more than this app takes: make them smaller."
        )
    return height, width, channels


def find_rule(images: dict[str, Array], report: Report) -> PixelRule:
    """Look at all values and decide how they become pixels.

    Raises:
        CnnAppError: values are NaN or outside 0-255, or the arrays do not agree.
    """
    rules = {name: _rule_of(name, array, report) for name, array in images.items()}
    if len({rule.factor for rule in rules.values()}) > 1:
        raise CnnAppError(
            "x_train and x_test have different ranges, one 0 to 1 and one 0 to 255: save both the same way."
        )
    return next((rule for rule in rules.values() if rule.kind), PixelRule("", 1))


def not_finite(name: str) -> CnnAppError:
    """Return the error for an array with a NaN or an infinite value in it."""
    return CnnAppError(f"{name} has NaN or infinite values: expected numbers from 0 to 255 or from 0 to 1.")


def _rule_of(name: str, array: Array, report: Report) -> PixelRule:
    low, high = _range(name, array, report)
    if low < 0 or high > 255:
        raise CnnAppError(
            f"The values of {name} go from {low:.4g} to {high:.4g}".replace("-", "−")
            + ": expected 0 to 255 or 0 to 1, so scale them first."
        )
    factor = 255 if high <= 1 and low != high else 1
    if array.dtype.kind == "f":
        return PixelRule("float scaled" if factor == 255 else "float rounded", factor)
    if factor == 255:
        return PixelRule("0-1 scaled", factor)
    return PixelRule("" if array.dtype == np.uint8 else "integer narrowed", 1)


def _range(name: str, array: Array, report: Report) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    step = rows_per_batch(array.shape[1:], array.itemsize)
    for start in range(0, len(array), step):
        batch = np.asarray(array[start : start + step])
        smallest, largest = float(batch.min()), float(batch.max())
        if not (np.isfinite(smallest) and np.isfinite(largest)):
            raise not_finite(name)
        low, high = min(low, smallest), max(high, largest)
        report(f"Checking {name}", start, len(array))
    return low, high
