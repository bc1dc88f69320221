"""Images that show the same: exactly, or nearly (saved again, a little brighter, a little cropped)."""

import math

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report
from cnnapp.datasets.quality.looks import Looks
from cnnapp.datasets.quality.neighbours import near_pairs
from cnnapp.datasets.quality.report import Finding, Group, ImageRef, Kind, Severity

MOST_BITS = 8  # of 64 that the hashes of candidates differ in
RATIO = 0.4  # of the usual distance to the nearest other image: what is closer is the same picture
LEAST, MOST = 0.05, 0.4  # the same limit, whatever the set: below is the noise of saving again, above is likeness
SAMPLE, PER_CLASS = 1500, 10  # images by which the usual distance is told
FLATTEST = 4.0  # grey levels of spread: below it all images look alike
PAIRS_AT_A_TIME = 20_000

_SENTENCES: dict[Kind, str] = {
    "leak": "in more than one part of the set (training, validation, test): the network would be tested on what it was "
    "trained on, and its accuracy would look better than it is.",
    "conflict": "under two labels or more, though the images show the same: at least one label is wrong.",
    "exact duplicate": "more than once in the same part of the set, pixel by pixel: they count more than others.",
    "near duplicate": "more than once, nearly the same: saved again, cropped, brightened, or taken one after another.",
}

Pairs = NDArray[np.int64]
Vectors = NDArray[np.float32]


def find_twins(looks: Looks, report: Report) -> list[Finding]:
    """Find images that are there more than once: within a split, across splits, under two labels."""
    groups = join_pairs(twin_pairs(looks, report), len(looks))
    found: dict[Kind, list[Group]] = {kind: [] for kind in _SENTENCES}
    for group in groups:
        crosses, disagrees = len(set(looks.split[group])) > 1, len(set(looks.label[group])) > 1
        identical = len(set(looks.exact[group])) == 1
        alone: Kind = "exact duplicate" if identical else "near duplicate"
        worst: dict[Kind, bool] = {"leak": crosses, "conflict": disagrees}
        for kind in [kind for kind, is_so in worst.items() if is_so] or [alone]:
            found[kind].append(_refs(looks, group))
    return [_finding(kind, groups) for kind, groups in found.items() if groups]


def twin_pairs(looks: Looks, report: Report) -> Pairs:
    """Return pairs (m, 2) of images that show the same, exactly or nearly; enough of them to connect all that do."""
    return np.concatenate([_exact_pairs(looks), _near_pairs(looks, report)])


def _exact_pairs(looks: Looks) -> Pairs:
    """Join each image with the next one of the same pixels."""
    order = np.argsort(looks.exact, kind="stable")
    again = looks.exact[order[1:]] == looks.exact[order[:-1]]
    return np.stack([order[:-1][again], order[1:][again]], axis=1)


def _near_pairs(looks: Looks, report: Report) -> Pairs:
    """Find candidates by their hashes; keep those whose small pictures are closer than the set's images usually are.

    Small or simple pictures (digits) have equal hashes without being the same, so hashes alone are not believed.
    """
    _, first = np.unique(looks.exact, return_index=True)
    some = np.sort(first[looks.spread[first] >= FLATTEST])
    vectors = as_vectors(looks.small[some])
    limit = _limits(vectors, looks.label[some], report)
    kept = [np.empty((0, 2), np.int64)]
    for pairs in near_pairs(looks.perceptual[some], MOST_BITS, report):
        for start in range(0, len(pairs), PAIRS_AT_A_TIME):
            a, b = pairs[start : start + PAIRS_AT_A_TIME].T
            close = distance(np.einsum("ij,ij->i", vectors[a], vectors[b])) <= np.minimum(limit[a], limit[b])
            kept.append(some[np.stack([a[close], b[close]], axis=1)])
    return np.concatenate(kept)


def as_vectors(small: NDArray[np.uint8]) -> Vectors:
    """Return small pictures as vectors of mean 0 and length 1, which brightness and contrast do not change."""
    vectors = small.reshape(len(small), math.prod(small.shape[1:])).astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors


def distance(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far apart vectors of length 1 are, from 0 to 2, by their scalar product."""
    return np.sqrt(np.maximum(0, 2 - 2 * cosine))


def _limits(vectors: Vectors, labels: NDArray[np.int32], report: Report) -> NDArray[np.float32]:
    """Return for each image below which distance another one is the same picture, by what is usual in its class."""
    limits = np.full(len(vectors), MOST, np.float32)
    if len(vectors) < 2:
        return limits
    chosen = np.sort(np.random.default_rng(0).permutation(len(vectors))[:SAMPLE])
    nearest = _nearest(vectors, chosen, report)
    overall = float(np.median(nearest))
    for label in np.unique(labels):
        own = nearest[labels[chosen] == label]
        usual = float(np.median(own)) if len(own) >= PER_CLASS else overall
        limits[labels == label] = np.clip(RATIO * usual, LEAST, MOST)
    return limits


def _nearest(vectors: Vectors, chosen: NDArray[np.int64], report: Report) -> NDArray[np.float32]:
    best = np.empty(len(chosen), np.float32)
    for start in range(0, len(chosen), 100):
        rows = chosen[start : start + 100]
        cosines = vectors[rows] @ vectors.T
        cosines[np.arange(len(rows)), rows] = -1
        best[start : start + len(rows)] = cosines.max(axis=1)
        report("Learning how much images differ", start + len(rows), len(chosen))
    return distance(best)


def join_pairs(pairs: Pairs, count: int) -> list[NDArray[np.int64]]:
    """Return the sets of images that pairs connect, in the order of their first ones."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    touched = np.unique(pairs)
    order = touched[np.argsort(component[touched], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[order])) + 1
    return [np.sort(group) for group in np.split(order, cuts) if len(group)]


def _refs(looks: Looks, group: NDArray[np.int64]) -> Group:
    return tuple(ImageRef(looks.splits[looks.split[image]], int(looks.row[image])) for image in group)


def _finding(kind: Kind, groups: list[Group]) -> Finding:
    pictures = f"{len(groups):,} {'picture' if len(groups) == 1 else 'pictures'}"
    severity: Severity = "serious" if kind in ("leak", "conflict") else "check"
    return Finding(kind=kind, severity=severity, sentence=f"{pictures} {_SENTENCES[kind]}", groups=tuple(groups))
