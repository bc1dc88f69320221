"""What the classes lack: images to train or to test with, or pictures that differ; told by counts and a few images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.quality.looks import shrink
from cnnapp.datasets.quality.report import Finding, ImageRef, Kind, Severity
from cnnapp.datasets.store import PreparedDataset, Split

LEAST = 10  # training images of a class
SAMPLE, PER_CLASS, LEAST_COMPARED = 400, 8, 3  # images that are looked at: in all, of a class at most and at least
ALIKE = 4.0  # grey levels that small pictures of one class differ by on average: copies, or all of one colour
MOST_SHOWN = 100  # images of a class that a finding names
REMEMBERED = 64  # data sets whose classes have been looked at


class _Fault(NamedTuple):
    kind: Kind
    severity: Severity
    lacks: str  # of one class, or several: "no test images"
    means: str
    shown: SplitName  # the part whose images of the class are shown


_FAULTS = (
    _Fault(
        "no training images",
        "serious",
        "no training images",
        "A network cannot learn what it never sees: add images, or split the set again.",
        "test",
    ),
    _Fault(
        "small class",
        "check",
        f"fewer than {LEAST} training images",
        "So few are easily missed: add images.",
        "train",
    ),
    _Fault(
        "no test images",
        "check",
        "no test images",
        "No test will say how well the network knows them: add images, or split the set again.",
        "train",
    ),
    _Fault(
        "alike class",
        "check",
        "training images that all look the same",
        "A network may learn this one picture only: look at them.",
        "train",
    ),
)
_alike: dict[str, tuple[int, ...]] = {}


def find_class_faults(dataset: PreparedDataset) -> list[Finding]:
    """Find classes that cannot be learned or tested, the worst first; quick: by counts, and at most SAMPLE images."""
    manifest = dataset.manifest
    train, test = np.array(manifest.train_counts), np.array(manifest.test_counts)
    labels: dict[Kind, Sequence[int]] = {
        "no training images": np.flatnonzero(train == 0).tolist(),
        "small class": np.flatnonzero((train > 0) & (train < LEAST)).tolist(),
        "no test images": np.flatnonzero(test == 0).tolist(),
        "alike class": find_alike_classes(dataset),
    }
    return [_finding(fault, labels[fault.kind], dataset) for fault in _FAULTS if labels[fault.kind]]


def find_alike_classes(dataset: PreparedDataset) -> tuple[int, ...]:
    """Return the classes whose training images look all the same, as far as some of each tell."""
    if dataset.digest not in _alike:
        if len(_alike) >= REMEMBERED:
            _alike.clear()
        _alike[dataset.digest] = _find_alike(dataset.train, len(dataset.manifest.class_names))
    return _alike[dataset.digest]


def _find_alike(train: Split, classes: int) -> tuple[int, ...]:
    each = max(LEAST_COMPARED, min(PER_CLASS, SAMPLE // classes))
    chosen: list[NDArray[np.int64]] = []
    for label in range(min(classes, SAMPLE // each)):
        rows = np.flatnonzero(train.labels == label)
        if len(rows) >= LEAST_COMPARED:
            chosen.append(rows[np.linspace(0, len(rows) - 1, min(each, len(rows))).astype(np.int64)])
    if not chosen:
        return ()
    small = shrink(train.images[np.concatenate(chosen)]).astype(np.float32)
    parts = np.split(small, np.cumsum([len(rows) for rows in chosen])[:-1])
    far = [float(np.abs(part - part.mean(axis=0)).mean()) for part in parts]
    return tuple(int(train.labels[rows[0]]) for rows, apart in zip(chosen, far, strict=True) if apart < ALIKE)


def _finding(fault: _Fault, labels: Sequence[int], dataset: PreparedDataset) -> Finding:
    names, counts = dataset.manifest.class_names, dataset.manifest.train_counts
    small = fault.kind == "small class"
    some = ", ".join(f"{names[label]} ({counts[label]})" if small else names[label] for label in labels[:5])
    has = "class has" if len(labels) == 1 else "classes have"
    sentence = f"{len(labels):,} {has} {fault.lacks}: {some}{' …' if len(labels) > 5 else ''}. {fault.means}"
    rows = (np.flatnonzero(dataset.splits[fault.shown].labels == label)[:MOST_SHOWN] for label in labels)
    groups = tuple(tuple(ImageRef(fault.shown, int(row)) for row in own) for own in rows)
    return Finding(kind=fault.kind, severity=fault.severity, sentence=sentence, groups=tuple(filter(None, groups)))
