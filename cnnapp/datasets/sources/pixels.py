"""How an array's numbers become pixels: which of them are 0 and 255."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report, rows_per_batch
from cnnapp.datasets.sources.npy_header import Header
from cnnapp.errors import CnnAppError
from cnnapp.images import Deep, ValueRange, find_range, range_words, to_bytes
from cnnapp.settings import settings

MOST_IMAGES = 10_000_000
SLACK = 0.5 / 255  # of the range 0 to 1: what is off by less than half a grey level is rounding, and is clipped
LEAST_TOP = 128  # floats up to less are hardly meant to be 0 to 255
DARK_TOP = 64  # whole numbers up to less are taken as they are, but told
LEAST_SPAN = 64  # of whole numbers below 0, for their own range to be meant

Array = NDArray[Any]


class PixelRule(NamedTuple):
    """How an archive's numbers become uint8 0-255."""

    kind: str  # the conversion to count and show, "" for none
    range: ValueRange = (0, 255)  # the values that become 0 and 255
    notices: tuple[str, ...] = ()
    stored: bool = False  # whether pictures for Predict with more than 8 bits are read by this range

    def apply(self, images: Array) -> NDArray[np.uint8]:
        """Return images (n, h, w) or (n, h, w, c) as uint8 (n, h, w, c)."""
        shaped = images if images.ndim == 4 else images[..., None]
        return to_bytes(shaped, *self.range) if self.kind else shaped


class UnclearRangeError(CnnAppError):
    """The values of a set may be meant in several ways; `ranges` are those that a person may choose from."""

    def __init__(self, sentence: str, ranges: tuple[ValueRange, ...]) -> None:
        super().__init__(sentence)
        self.ranges = ranges


class _Values(NamedTuple):
    low: float
    high: float
    whole: bool  # no value has a fraction


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
    if shape[0] > MOST_IMAGES:
        raise CnnAppError(f"{name} has {shape[0]:,} images, more than {MOST_IMAGES:,}: use fewer.")
    height, width, channels = (*shape[1:3], shape[3] if len(shape) == 4 else 1)
    if height * width > settings().max_image_pixels:
        raise CnnAppError(
            f"The images of {name} have {height}×{width} pixels, more than this app takes: make them smaller."
        )
    return height, width, channels


def find_rule(images: Mapping[str, Array], chosen: ValueRange | None, report: Report) -> PixelRule:
    """Look at all values and decide how they become pixels, those of all parts alike.

    Args:
        images: all parts, by the names of their arrays.
        chosen: the values that become 0 and 255, if a person has decided.
        report: is told how far it is.

    Raises:
        UnclearRangeError: the values may be meant in several ways.
        CnnAppError: values are NaN, or the arrays do not agree.
    """
    values = {name: _look(name, array, report) for name, array in images.items()}
    every = _Values(
        min(part.low for part in values.values()),
        max(part.high for part in values.values()),
        all(part.whole for part in values.values()),
    )
    if chosen is not None:
        return _chosen(chosen, every, whole_type=all(array.dtype.kind != "f" for array in images.values()))
    _check_alike(values)
    words = _words(images)
    if all(array.dtype == np.uint8 for array in images.values()) and not _is_unit(every):
        return PixelRule("", notices=_dark_notice(words, every))
    if all(array.dtype.kind != "f" for array in images.values()) or (every.whole and every.high > 255):
        return _rule_of_whole(words, every)
    return _rule_of_floats(words, every)


def range_notice(value_range: ValueRange) -> str:
    """Tell of a range that a whole set shares."""
    words = range_words(value_range)
    return f"The values of the set go from {words}: these become 0 and 255, for pictures in Predict too."


def parse_range(text: str) -> ValueRange | None:
    """Read "0 to 1" as `range_value` writes it; None for anything else."""
    low, _, high = text.partition(" to ")
    try:
        found = float(low), float(high)
    except ValueError:
        return None
    return found if np.isfinite(found).all() and found[0] < found[1] else None


def range_value(value_range: ValueRange) -> str:
    """Write a range so that `parse_range` reads it."""
    return f"{value_range[0]:.9g} to {value_range[1]:.9g}"


def not_finite(name: str) -> CnnAppError:
    """Return the error for an array with a NaN or an infinite value in it."""
    return CnnAppError(f"{name} has NaN or infinite values: expected numbers from 0 to 255 or from 0 to 1.")


def _look(name: str, array: Array, report: Report) -> _Values:
    low, high, whole = np.inf, -np.inf, True
    step = rows_per_batch(array.shape[1:], array.itemsize)
    for start in range(0, len(array), step):
        batch = np.asarray(array[start : start + step])
        smallest, largest = float(batch.min()), float(batch.max())
        if not (np.isfinite(smallest) and np.isfinite(largest)):
            raise not_finite(name)
        low, high = min(low, smallest), max(high, largest)
        whole = whole and (batch.dtype.kind != "f" or bool((batch == np.floor(batch)).all()))
        report(f"Checking {name}", start, len(array))
    return _Values(low, high, whole)


def _is_unit(values: _Values) -> bool:
    return values.low >= -SLACK and values.high <= 1 + SLACK and values.low != values.high


def _check_alike(values: Mapping[str, _Values]) -> None:
    """Raise CnnAppError when the values of one part end at 1 and those of another one do not."""
    units = [name for name, part in values.items() if part.high <= 1 + SLACK and part.low != part.high]
    others = [name for name, part in values.items() if part.high > 1 + SLACK]
    if units and others:
        ranges = " and ".join(range_words(values[name][:2]) for name in (units[0], others[0]))
        raise CnnAppError(f"{units[0]} and {others[0]} have different ranges, {ranges}: save both the same way.")


def _chosen(chosen: ValueRange, values: _Values, *, whole_type: bool) -> PixelRule:
    outside = ""
    if values.low < chosen[0] or values.high > chosen[1]:
        outside = f" They go from {range_words((values.low, values.high))}; what lies outside is clipped."
    notice = f"The values {range_words(chosen)} become 0 and 255, as chosen.{outside}"
    kind = "integer scaled" if whole_type else "float scaled"
    return PixelRule(kind, chosen, (notice,), stored=chosen[1] > 255)


def _rule_of_whole(words: str, values: _Values) -> PixelRule:
    low, high, _ = values
    if low >= 0 and high <= 255:
        if _is_unit(values):
            return PixelRule("0-1 scaled", (0, 1))
        return PixelRule("integer narrowed", notices=_dark_notice(words, values))
    if low < 0 and high - low < LEAST_SPAN:
        raise _unclear(words, values)
    found = find_range([Deep(low, high, 65535 if low >= 0 and high <= 65535 else None)])
    if found is None:
        return PixelRule("16-bit scaled", (0, 65535), stored=False)
    return PixelRule("16-bit scaled", found, (range_notice(found),), stored=True)


def _rule_of_floats(words: str, values: _Values) -> PixelRule:
    low, high, _ = values
    if low >= -SLACK and high <= 1 + SLACK:
        if low == high:
            return PixelRule("float rounded")
        told = f"{words} go from {low:.9g} to {high:.9g} and were taken for 0 to 1.".replace("-", "−")
        return PixelRule("float scaled", (0, 1), (told,) if low < 0 or high > 1 else ())
    if low >= -0.5 and LEAST_TOP <= high <= 255.5:
        return PixelRule("float rounded")
    raise _unclear(words, values)


def _unclear(words: str, values: _Values) -> UnclearRangeError:
    low, high, _ = values
    usual = [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (low, high)]
    fitting = [(a, b) for a, b in usual if a - SLACK <= low and high <= b + SLACK and a < b]
    return UnclearRangeError(
        f"{words} go from {range_words((low, high))}: expected 0 to 255 or 0 to 1. Choose which values are black and "
        "white, or scale them first.",
        tuple(dict.fromkeys(fitting)),
    )


def _words(images: Mapping[str, Array]) -> str:
    name = next(iter(images))
    return f"The values of {name}" if len(images) == 1 else f"The values of {name} and {len(images) - 1} more"


def _dark_notice(words: str, values: _Values) -> tuple[str, ...]:
    if values.high >= DARK_TOP or values.low == values.high:
        return ()
    return (
        f"{words} go from {range_words((values.low, values.high))} and were taken as they are, on the scale of 0 to "
        "255: the images are dark. Choose the range if another is meant.",
    )
