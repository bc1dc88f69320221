"""Tells ink from paper in a photo or drawing, whatever their colours and the light."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnapp.images.modes import Pixels

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Part = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]  # rows and columns of cells

_LONGEST = 1024  # pixels of the longer side that is worked on: no set of pen and ink has more detail
_FIT = 96  # pixels of the longer side at which the paper's light is estimated
_FLAT = 4.0  # of 255; a drawing's paper stays within it, a photo's does not
_GRID = 128  # cells of the longer side at which strokes are told from specks
_LEAST_CONTRAST = 12.0  # of 255; what stands out less is paper
_MOST_FRAME = 0.7  # of a side of the image; what covers more of it is no stroke
_LEAST_PART = 0.05  # of the largest connected stroke: what is smaller is a speck


@dataclass(frozen=True)
class Ink:
    """What is drawn in an image, cropped to it."""

    strength: Floats  # (h, w): 0 is paper, 1 is full ink
    lighter: bool  # than the paper


def find_ink(pixels: Pixels) -> Ink | None:
    """Find what is drawn in an image, uint8 (h, w, 1 or 3); None when nothing stands out from the paper."""
    values = _limited(pixels)
    difference = values - _paper(values)
    strength = _strength(np.abs(difference).max(axis=2))
    strength = strength * _strokes(strength > 0.5)
    rows, columns = (np.flatnonzero((strength > 0.5).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    lighter = bool((difference.mean(axis=2) * strength).sum() > 0)
    return Ink(strength[top:bottom, left:right], lighter)


def _limited(pixels: Pixels) -> Floats:
    height, width, channels = pixels.shape
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    scale = max(height, width) / _LONGEST
    if scale > 1:
        size = max(1, round(width / scale)), max(1, round(height / scale))
        image = image.resize(size, Image.Resampling.BOX)
    values: Floats = np.asarray(image, np.float32).reshape(image.height, image.width, channels)
    return values


def _paper(values: Floats) -> Floats:
    """Estimate the paper's colour at every pixel: of one colour in a drawing, unevenly lit in a photo."""
    height, width = values.shape[:2]
    margin = max(1, round(0.04 * min(height, width)))
    inside = np.zeros((height, width), bool)
    inside[margin:-margin, margin:-margin] = True
    frame = values[~inside]
    usual = np.median(frame, axis=0)
    if np.mean(np.abs(frame - usual).max(axis=1) <= _FLAT) > 0.5:
        return np.broadcast_to(usual, values.shape)
    return _lit_paper(values, inside)


def _lit_paper(values: Floats, inside: Mask) -> Floats:
    """Fit a quadratic surface through what is not ink.

    Iteratively reweighted least squares with Cauchy weights, begun at the frame, where there is little ink.
    """
    height, width, channels = values.shape
    step = -(-max(height, width) // _FIT)
    terms = _quadratic(height, width)
    some_terms = terms[::step, ::step].reshape(-1, terms.shape[2])
    samples = values[::step, ::step].reshape(-1, channels)
    weights = np.where(inside[::step, ::step].ravel(), 0.1, 1.0)
    for _ in range(15):
        weighted = some_terms * weights[:, None]
        surface = np.linalg.lstsq(some_terms.T @ weighted, weighted.T @ samples, rcond=None)[0]
        error = np.abs(samples - some_terms @ surface).max(axis=1)
        weights = 1 / (1 + (error / max(3.0, float(np.median(error)))) ** 2)
    paper: Floats = (terms @ surface).astype(np.float32)
    return paper


def _quadratic(height: int, width: int) -> npt.NDArray[np.float64]:
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)


def _strength(contrast: Floats) -> Floats:
    """Scale contrast so that the paper's unrest is 0 and the ink's usual value 1; grey edges stay grey."""
    if contrast.max() < _LEAST_CONTRAST:
        return np.zeros_like(contrast)
    threshold = _otsu(contrast)
    full = float(np.median(contrast[contrast > threshold]))
    unrest = contrast[contrast <= threshold]
    floor = min(threshold, 3 * float(np.sqrt(np.mean(unrest**2)))) * 0.5
    scaled: Floats = (contrast - floor) / max(full - floor, 1.0)
    return scaled.clip(0, 1)


def _otsu(contrast: Floats) -> float:
    """Return the middle between the two groups into which the values part best (Otsu 1979)."""
    counts, edges = np.histogram(contrast, bins=256, range=(0, max(float(contrast.max()), 1.0)))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = len(contrast.ravel()) - below
    sums = np.cumsum(counts * middles)
    low, high = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    best = int(np.argmax(below * above * (high - low) ** 2.0))
    return float(low[best] + high[best]) / 2


def _strokes(mask: Mask) -> Mask:
    """Return where the strokes of `mask` are: its connected parts but for specks and what lies beside the paper."""
    cell = -(-max(mask.shape) // _GRID)
    padded = np.pad(mask, [(0, -size % cell) for size in mask.shape])
    cells = padded.reshape(padded.shape[0] // cell, cell, padded.shape[1] // cell, cell).sum(axis=(1, 3))
    parts = _parts(cells > 0)
    parts = [part for part in parts if not _runs_along_frame(part, cells.shape)] or parts
    sizes = [int(cells[part].sum()) for part in parts]
    kept = np.zeros(cells.shape, bool)
    for part, size in zip(parts, sizes, strict=True):
        if size >= _LEAST_PART * max(sizes):
            kept[part] = True
    grown = _grown(kept)  # the soft edges of a stroke may lie in the next cell
    return grown.repeat(cell, axis=0).repeat(cell, axis=1)[: mask.shape[0], : mask.shape[1]]


def _runs_along_frame(part: Part, shape: tuple[int, int]) -> bool:
    # A table beside the paper does; a digit that touches the frame does not.
    along = (
        np.count_nonzero(cells == edge) / length
        for cells, last, length in ((part[0], shape[0] - 1, shape[1]), (part[1], shape[1] - 1, shape[0]))
        for edge in (0, last)
    )
    return bool(max(along) > _MOST_FRAME)


def _parts(cells: Mask) -> list[Part]:
    """Return the connected parts (eight neighbours) as the rows and columns of their cells."""
    waiting = set(zip(*(where.tolist() for where in np.nonzero(cells)), strict=True))
    parts = []
    while waiting:
        part = [waiting.pop()]
        for row, column in part:  # grows while it is walked
            around = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & waiting
            part += around
            waiting -= around
        rows, columns = np.array(part).T
        parts.append((rows, columns))
    return parts


def _grown(cells: Mask) -> Mask:
    padded = np.pad(cells, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return np.asarray(windows.any(axis=(2, 3)))
