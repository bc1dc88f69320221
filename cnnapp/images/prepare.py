"""From an image file to the tensor that a network sees."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cnnapp.images.decode import DECODE_ID, Decoded, decode
from cnnapp.images.ink import InkRule, draw_as_set, looks_as_set
from cnnapp.images.modes import Pixels
from cnnapp.images.resize import ResizeMode, resize, to_channels
from cnnapp.images.values import ValueRange, range_words


class Preprocess(BaseModel):
    """How any image becomes the tensor that the networks of a data set see; kept in manifests and `model.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_shape: tuple[int, int, int]  # height, width, channels (1 or 3)
    resize_mode: ResizeMode = "stretch"
    ink: InkRule | None = None  # for sets of pen-and-ink images
    value_range: ValueRange | None = None  # values of 16-bit grey and floats that become 0 and 255; None: see `decode`
    decode_id: str = DECODE_ID


@dataclass(frozen=True)
class Prepared:
    """An image as its file holds it and as the network sees it."""

    original: Pixels  # uint8 (h, w, 1 or 3)
    seen: Pixels  # uint8 image_shape
    notices: tuple[str, ...]  # what was done on the way, in words


def prepare(data: bytes, name: str, preprocess: Preprocess) -> Prepared:
    """Turn the bytes of an image file into the tensor that a network sees.

    Raises:
        CnnAppError: the file cannot be decoded (see `decode`).
    """
    decoded = decode(data, name, value_range=preprocess.value_range)
    seen, notices = prepare_pixels(decoded.pixels, preprocess)
    return Prepared(decoded.pixels, seen, decoded.conversions + _shallow(decoded, preprocess) + notices)


def _shallow(decoded: Decoded, preprocess: Preprocess) -> tuple[str, ...]:
    """Say so when the set's range cannot be applied to a picture; one of the set's own size is taken for the set's."""
    own = decoded.pixels.shape[:2] == preprocess.image_shape[:2]
    if preprocess.value_range is None or decoded.deep is not None or own:
        return ()
    return (f"8-bit values, not scaled by the set's range of {range_words(preprocess.value_range)}",)


def prepare_pixels(pixels: Pixels, preprocess: Preprocess) -> tuple[Pixels, tuple[str, ...]]:
    """Turn decoded pixels, uint8 (h, w, 1 or 3), into the tensor that a network sees and the notices about it."""
    height, width, channels = preprocess.image_shape
    rule = preprocess.ink
    if rule is not None and not _is_of_the_set(pixels, rule, height, width):
        seen, notices = draw_as_set(pixels, rule, height, width)
        return to_channels(seen, channels), notices
    return to_channels(resize(pixels, height, width, preprocess.resize_mode), channels), ()


def _is_of_the_set(pixels: Pixels, rule: InkRule, height: int, width: int) -> bool:
    # A set's image is at most as large as the network's input; a larger one is a drawing, however it is placed.
    return pixels.shape[0] <= height and pixels.shape[1] <= width and looks_as_set(to_channels(pixels, 1), rule)
