"""Images that are unlike any useful one by themselves: too dark, too bright, without contrast, blurred."""

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.quality.looks import Looks
from cnnapp.datasets.quality.report import Finding, ImageRef, Kind, count

FLAT = 4.0  # grey levels of spread
DARK, BRIGHT = 50, 205  # grey value that 99 % of the pixels lie below, or above
BLURRED = 4.0  # robust standard deviations below the set's median
LEAST_SPREAD = 0.25  # of logarithms: in a set of equally sharp images a little less is not blurred
LEAST_SIDE = 16  # pixels; smaller images show no blur

_WORDS: dict[Kind, str] = {
    "flat": "without contrast: almost one colour all over.",
    "dark": "very dark: 99 % of the pixels are darker than a fifth of white.",
    "bright": "very bright: 99 % of the pixels are brighter than four fifths of white.",
    "blurred": "much less sharp than the others of this set.",
}


def find_odd_looks(looks: Looks) -> list[Finding]:
    """Find images without contrast, very dark, very bright and blurred ones; each image counts as one of these."""
    flat = looks.spread < FLAT
    dark = ~flat & (looks.lightest < DARK)
    bright = ~flat & (looks.darkest > BRIGHT)
    blurred = _blurred(looks, ~flat & ~dark & ~bright)
    kinds: dict[Kind, NDArray[np.bool_]] = {"flat": flat, "dark": dark, "bright": bright, "blurred": blurred}
    return [_finding(kind, looks, np.flatnonzero(found)) for kind, found in kinds.items() if found.any()]


def _blurred(looks: Looks, candidates: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell by the variance of the Laplacian (Pech-Pacheco et al., 2000), and by its share of the image's variance.

    The first alone takes a thin line on black for blurred, the second alone a large dark shape.
    """
    if not candidates.any() or looks.side < LEAST_SIDE:
        return np.zeros_like(candidates)
    detail = np.log1p(looks.detail)
    share = detail - np.log1p(looks.grey_spread**2)
    return candidates & (_below(detail, candidates) > BLURRED) & (_below(share, candidates) > BLURRED)


def _below(values: NDArray[np.float32], candidates: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how many robust standard deviations (from the median deviation) each value lies below the median."""
    median = np.median(values[candidates])
    deviation = 1.4826 * np.median(np.abs(values[candidates] - median))
    below: NDArray[np.float32] = (median - values) / max(deviation, LEAST_SPREAD)
    return below


def _finding(kind: Kind, looks: Looks, found: NDArray[np.int64]) -> Finding:
    groups = tuple((ImageRef(looks.splits[looks.split[image]], int(looks.row[image])),) for image in found)
    return Finding(kind=kind, severity="check", sentence=f"{count(len(found))} {_WORDS[kind]}", groups=groups)
