"""Photos and drawings of ink made to look like a data set's own images."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from cnnapp.images.modes import Pixels
from cnnapp.images.paper import Floats, Ink, find_ink

# What still has the set's look, as shares of the rule's box and of the image: every image of digits and 9,998 of
# MNIST's 10,000 test images do.
_LEAST_FILLED, _MOST_FILLED, _MOST_AWAY = 0.85, 1.3, 0.17
_WORK = 128  # pixels of the canvas on which strokes are thickened and centred, at least


class InkRule(BaseModel):
    """How the ink images of a data set look, so that a drawing can be made to look the same.

    Lengths are shares of the image's sides, so that one rule serves every size of a set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    light_on_dark: bool = True  # light ink on a dark ground
    box: float = Field(0.75, gt=0, le=1)  # the ink is scaled, in proportion, until it fits this share of both sides
    squeeze: float | None = Field(None, gt=0, le=1)  # … or to the box's height, narrowed to this width; None: never
    centring: Literal["box", "mass"] = "box"  # what lies in the middle: the bounding box or the centre of mass
    stroke: float | None = Field(None, gt=0, le=0.5)  # width of the strokes; None: as drawn
    grain: int | None = Field(None, ge=4)  # the set was averaged to grain×grain and enlarged; None: it was not

    @classmethod
    def for_digits(cls) -> "InkRule":
        """scikit-learn's digits: 32×32 bitmaps averaged to 8×8; all as high as the image, strokes a fifth of it."""
        return cls(box=1, squeeze=0.72, stroke=0.2, grain=8)

    @classmethod
    def for_mnist(cls) -> "InkRule":
        """MNIST: fitted in proportion into 20×20 of 28×28, then centred by mass (LeCun, Cortes and Burges)."""
        return cls(box=20 / 28, centring="mass", stroke=0.09)


def draw_as_set(pixels: Pixels, rule: InkRule, height: int, width: int) -> tuple[Pixels, tuple[str, ...]]:
    """Make a photo or drawing of ink on paper look like the images of the rule's set.

    Args:
        pixels: uint8 (h, w, 1 or 3).
        rule: how the set looks.
        height: rows of the result.
        width: columns of the result.

    Returns:
        uint8 (height, width, 1) and what was done, in words.
    """
    ink = find_ink(pixels)
    if ink is None:
        blank = np.full((height, width, 1), 0 if rule.light_on_dark else 255, np.uint8)
        return blank, ("no ink found: nothing stands out from the paper",)
    factor = -(-_WORK // min(height, width))  # draw large, so that positions and widths are finer than a pixel
    canvas = np.zeros((height * factor, width * factor), np.float32)
    _place(_fitted(ink.strength, rule, *canvas.shape), canvas, rule.centring)
    seen = np.rint(255 * _reduced(canvas, rule.grain, height, width)).astype(np.uint8)
    seen = seen if rule.light_on_dark else 255 - seen
    return seen[:, :, None], _told(ink, rule)


def looks_as_set(pixels: Pixels, rule: InkRule) -> bool:
    """Whether an image, uint8 (h, w, 1), has the set's light and dark, and its ink the set's size and place."""
    strength = pixels[:, :, 0] / 255 if rule.light_on_dark else 1 - pixels[:, :, 0] / 255
    rows, columns = (np.flatnonzero((strength > 0.25).any(axis=axis)) for axis in (1, 0))
    frame = np.concatenate([strength[[0, -1]].ravel(), strength[:, [0, -1]].ravel()])
    if not len(rows) or np.median(frame) > 0.25:
        return False
    height, width = strength.shape
    filled = max((rows[-1] + 1 - rows[0]) / height, (columns[-1] + 1 - columns[0]) / width) / rule.box
    if rule.centring == "mass":
        middle = _mass_centre(strength)
    else:
        middle = (rows[0] + rows[-1] + 1) / 2, (columns[0] + columns[-1] + 1) / 2
    away = max(abs(middle[0] / height - 0.5), abs(middle[1] / width - 0.5))
    return bool(_LEAST_FILLED <= filled <= _MOST_FILLED and away <= _MOST_AWAY)


def _told(ink: Ink, rule: InkRule) -> tuple[str, ...]:
    if ink.lighter == rule.light_on_dark:
        return ("cropped and centred",)
    inverted = "inverted: light ink on dark paper" if ink.lighter else "inverted: dark ink on light paper"
    return inverted, "cropped and centred"


def _fitted(strength: Floats, rule: InkRule, height: int, width: int) -> Floats:
    """Scale cropped ink to the rule's box on a canvas of height×width, its strokes to the rule's width."""
    high, wide = strength.shape
    box_height, box_width = rule.box * height, (rule.squeeze or rule.box) * width
    by_height = rule.squeeze is not None or wide / high <= box_width / box_height
    length, box = (high, box_height) if by_height else (wide, box_width)
    grow = 0 if rule.stroke is None else _growth(_stroke_width(strength) / length, rule.stroke * height, box)
    scale = (box - grow) / length
    inner_height, inner_width = round(high * scale), round(min(wide * scale, box_width - grow))
    return _thickened(_scaled(strength, max(1, inner_height), max(1, inner_width)), grow)


def _growth(drawn: float, stroke: float, box: float) -> int:
    """Return how many pixels to add to every stroke (even; negative: take away) when the ink is drawn `box` long.

    With s the scale, w the stroke's width and l the ink's length in the drawing, `drawn` = w / l: w·s + grow = stroke
    and l·s + grow = box.
    """
    grow = (stroke - drawn * box) / max(0.2, 1 - drawn)
    return 2 * round(max(grow, -0.5 * drawn * box) / 2)  # a stroke taken away is worse than a fat one


def _stroke_width(strength: Floats) -> float:
    """Return the usual width of the strokes in pixels: twice the area over the length of the outline."""
    framed = np.pad(strength, 1)
    outline = np.hypot(np.diff(framed, axis=0)[:, :-1], np.diff(framed, axis=1)[:-1]).sum()
    return float(2 * strength.sum() / max(float(outline), 1.0))


def _thickened(strength: Floats, grow: int) -> Floats:
    """Grow (or shrink) the ink by `grow` pixels in height and width, with a round pen."""
    radius = abs(grow) // 2
    if grow >= 0:
        grown = _dilated(strength, radius)
        usual = float(np.median(grown[grown >= grown.max() / 2]))  # thin lines got pale when they were scaled down
        return (grown / usual).clip(0, 1)
    shrunk: Floats = 1 - _dilated(1 - strength, radius)
    return shrunk[2 * radius : -2 * radius, 2 * radius : -2 * radius]


def _dilated(strength: Floats, radius: int) -> Floats:
    high, wide = strength.shape
    grown = np.zeros((high + 2 * radius, wide + 2 * radius), np.float32)
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            if down * down + right * right <= radius * radius + radius:
                part = grown[radius + down :, radius + right :][:high, :wide]
                np.maximum(part, strength, out=part)
    return grown


def _scaled(values: Floats, height: int, width: int, how: Image.Resampling = Image.Resampling.BICUBIC) -> Floats:
    scaled: Floats = np.asarray(Image.fromarray(values).resize((width, height), how))
    return scaled.clip(0, 1)


def _mass_centre(strength: npt.NDArray[np.floating]) -> tuple[float, float]:
    down, right = strength.sum(axis=1), strength.sum(axis=0)
    return (
        float((down * (np.arange(len(down)) + 0.5)).sum() / down.sum()),
        float((right * (np.arange(len(right)) + 0.5)).sum() / right.sum()),
    )


def _place(ink: Floats, canvas: Floats, centring: Literal["box", "mass"]) -> None:
    """Write the ink on the canvas, its middle on the canvas' middle as far as it stays inside."""
    middle = _mass_centre(ink) if centring == "mass" else (ink.shape[0] / 2, ink.shape[1] / 2)
    top, left = (
        min(max(round(side / 2 - centre), 0), side - length)
        for side, centre, length in zip(canvas.shape, middle, ink.shape, strict=True)
    )
    canvas[top : top + ink.shape[0], left : left + ink.shape[1]] = ink


def _reduced(canvas: Floats, grain: int | None, height: int, width: int) -> Floats:
    if grain is None:
        return _scaled(canvas, height, width, Image.Resampling.BOX)
    return _scaled(_scaled(canvas, grain, grain, Image.Resampling.BOX), height, width)
