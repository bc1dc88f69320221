"""Images that a split must not part because they look alike: the same picture again, or frames of one burst."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report
from cnnapp.datasets.quality.looks import Looks, measure
from cnnapp.datasets.quality.twins import Pairs, as_vectors, distance, join_pairs, twin_pairs
from cnnapp.datasets.splits import ALONE, Groups
from cnnapp.datasets.store import Images, Split

BURST = 0.5  # of the usual distance between two images of a class: what follows by number and is closer is a burst
FARTHEST = 0.7  # the same limit, whatever the set: images of correlation below 0.75 are no burst
SAMPLE = 2000  # pairs by which the usual distance is told
MOST_OF_CLASS = 0.8  # of a class's images: a group with more of them would leave too few for the other part
LONGEST_NAME = 255  # characters that are looked at
_NUMBERED = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.DOTALL)


class Alike(NamedTuple):
    """Groups of images that look alike."""

    groups: Groups  # (n,)
    dissolved: int  # groups that hold most of a class: their images stand alone all the same


def find_alike(images: Images, labels: NDArray[np.int32], files: Sequence[str] | None, report: Report) -> Alike:
    """Group images that show the same, or follow one another as the frames of a burst do; workers only.

    Args:
        images: uint8 (n, h, w, c).
        labels: (n,).
        files: n names of the files that they were; None: they were arrays, so nothing tells which follow each other.
        report: is told how far it is.
    """
    looks = measure({"train": Split(images, labels)}, report)
    pairs = twin_pairs(looks, report)
    if files is not None:
        pairs = np.concatenate([pairs, _burst_pairs(looks, files)])
    sizes = np.bincount(labels)
    groups, number, dissolved = np.full(len(labels), ALONE, np.int32), 0, 0
    for members in join_pairs(pairs, len(labels)):
        own = np.bincount(labels[members], minlength=len(sizes))
        if (own > MOST_OF_CLASS * np.maximum(1, sizes)).any():
            dissolved += 1
        else:
            groups[members] = number
            number += 1
    return Alike(groups, dissolved)


def _burst_pairs(looks: Looks, files: Sequence[str]) -> Pairs:
    """Join files of one folder and class that follow by their numbers, where the pictures hardly move between them."""
    order = sorted(range(len(files)), key=lambda place: _series(files[place]))
    first, second = np.array(order[:-1], np.int64), np.array(order[1:], np.int64)
    same_series = [_series(files[a])[:2] == _series(files[b])[:2] for a, b in pairwise(order)]
    kept = np.array(same_series, bool) & (looks.label[first] == looks.label[second])
    first, second = first[kept], second[kept]
    vectors = as_vectors(looks.small)
    far = distance(np.einsum("ij,ij->i", vectors[first], vectors[second]))
    close = far <= _usual(vectors, looks.label)[looks.label[first]]
    return np.stack([first[close], second[close]], axis=1)


def _series(file: str) -> tuple[str, str, int]:
    """Return folder, name without its last number, and that number: what frames of one burst share, and their order."""
    path = PurePosixPath(file)
    match = _NUMBERED.fullmatch(path.stem[-LONGEST_NAME:])
    if match is None:
        return str(path.parent), path.stem, 0
    return str(path.parent), f"{match[1]}\0{match[3]}", int(match[2])


def _usual(vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return for each class below which distance two images of it are frames of a burst, by what is usual there."""
    rng, limits = np.random.default_rng(0), np.zeros(int(labels.max()) + 1, np.float32)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        a, b = rng.choice(rows, (2, min(SAMPLE, 4 * len(rows))))
        apart = distance(np.einsum("ij,ij->i", vectors[a], vectors[b]))[a != b]
        limits[label] = min(FARTHEST, BURST * float(np.median(apart))) if len(apart) else 0
    return limits
