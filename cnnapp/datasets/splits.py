"""Which images are held out: a seeded share of every class; images that belong together stay on one side."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Groups = NDArray[np.int32]
"""(n,): each image's group, whose images are never parted; -1 for an image that stands alone."""

ALONE = -1


def split_validation(
    labels: NDArray[np.int32], share: float, seed: int, groups: Groups | None = None
) -> tuple[Rows, Rows]:
    """Hold out a seeded, stratified share of the training images for validation.

    Args:
        labels: (n,) class indices.
        share: 0 to 1; round(n · share) images are held out, as nearly as groups allow.
        seed: the same seed gives the same split.
        groups: (n,), the groups of the set, if it has any.

    Returns:
        Sorted rows for training and for validation; the second may be empty.
    """
    return split_stratified(labels, round(len(labels) * share), seed, groups)


def split_stratified(
    labels: NDArray[np.int32], count: int, seed: int, groups: Groups | None = None, *, every_class: bool = False
) -> tuple[Rows, Rows]:
    """Take `count` rows so that each class gives its share, to within one image, or as nearly as whole groups allow.

    Shares are rounded by largest remainder; ties go to the lower class. A class whose groups hold no other class is
    off by at most half of its largest group; for groups of several classes the choice is greedy.

    Args:
        labels: (n,) class indices.
        count: how many rows are wanted; 0 takes none.
        seed: the same seed gives the same split.
        groups: (n,), -1 for images that stand alone; None: all do.
        every_class: take something of each class that has two images, or groups, or more, be its share ever so small.

    Returns:
        Sorted rows that stay, sorted rows that were taken.
    """
    labels = np.asarray(labels)
    groups = np.full(len(labels), ALONE, np.int32) if groups is None else np.asarray(groups)
    sizes = np.bincount(labels) if len(labels) else np.zeros(0, np.int64)
    quota = _quotas(sizes, count)
    if every_class and count:
        quota = np.maximum(quota, np.minimum(1, sizes // 2))
    units = _Units.of(labels, groups)
    rng = np.random.default_rng(seed)
    taken = np.zeros(len(labels), bool)
    if units.members:
        _take_groups(units, taken, quota * units.grouped // np.maximum(1, sizes), rng)
    for label, size in enumerate(np.maximum(0, quota - units.of_each(taken))):
        taken[rng.permutation(np.flatnonzero((labels == label) & (groups == ALONE)))[:size]] = True
    if units.members:
        _take_groups(units, taken, quota, rng, over=True)
        _cover(units, taken, quota)
    return np.flatnonzero(~taken), np.flatnonzero(taken)


def find_parted(groups: Mapping[str, Groups]) -> Groups:
    """Return the groups, sorted, that have images in more than one of the named parts."""
    ids = [np.unique(own[own != ALONE]) for own in groups.values()]
    found, times = np.unique(np.concatenate([np.zeros(0, np.int32), *ids]), return_counts=True)
    return np.asarray(found[times > 1], np.int32)


class _Units(NamedTuple):
    """The groups of a set, and the images of each."""

    labels: NDArray[np.int32]
    groups: Groups
    members: list[Rows]
    sizes: list[list[tuple[int, int]]]  # of each group: (class, images)
    grouped: NDArray[np.int64]  # (classes,): images that belong to a group

    @classmethod
    def of(cls, labels: NDArray[np.int32], groups: Groups) -> "_Units":
        order = np.argsort(groups, kind="stable")
        order = order[groups[order] != ALONE]
        cuts = np.flatnonzero(np.diff(groups[order])) + 1
        members = [rows for rows in np.split(order, cuts) if len(rows)]
        classes = _classes(labels)
        pairs, sizes = np.unique(
            np.cumsum(np.isin(np.arange(len(order)), cuts)) * classes + labels[order], return_counts=True
        )
        own: list[list[tuple[int, int]]] = [[] for _ in members]
        for pair, size in zip(pairs.tolist(), sizes.tolist(), strict=True):
            own[pair // classes].append((pair % classes, size))
        return cls(labels, groups, members, own, np.bincount(labels[order], minlength=classes))

    def of_each(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many images of each class are chosen."""
        return np.bincount(self.labels[chosen], minlength=_classes(self.labels))

    def of_class(self, label: int) -> Iterator[Rows]:
        """Yield the images that stand alone and the groups with images of a class, the smallest first."""
        yield from np.flatnonzero((self.labels == label) & (self.groups == ALONE))[:, None]
        yield from sorted((rows for rows in self.members if label in self.labels[rows]), key=len)


def _classes(labels: NDArray[np.int32]) -> int:
    return int(labels.max()) + 1 if len(labels) else 0


def _quotas(sizes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    exact = sizes * (count / max(1, int(sizes.sum())))
    quota: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = count - int(quota.sum())
    quota[np.argsort(quota - exact, kind="stable")[:missing]] += 1
    return quota


def _take_groups(
    units: _Units, taken: NDArray[np.bool_], quota: NDArray[np.int64], rng: np.random.Generator, *, over: bool = False
) -> None:
    """Take groups in random order while they fit into the quotas; `over`: while they bring them nearer."""
    left = (quota - units.of_each(taken)).tolist()
    for place in rng.permutation(len(units.members)).tolist():
        rows = units.members[place]
        if taken[rows[0]]:
            continue
        sizes = units.sizes[place]
        if over:
            fits = sum(size * (size - 2 * left[label]) for label, size in sizes) < 0
        else:
            fits = all(size <= left[label] for label, size in sizes)
        if fits:
            taken[rows] = True
            for label, size in sizes:
                left[label] -= size


def _cover(units: _Units, taken: NDArray[np.bool_], quota: NDArray[np.int64]) -> None:
    """Move the smallest group over where a class lacks on one side, if none comes to lack on the other by it."""
    for label in np.flatnonzero(quota).tolist():
        for side in (True, False):
            if (taken[units.labels == label] == side).any():
                continue
            there = units.of_each(taken != side)
            for rows in units.of_class(label):
                own = units.labels[rows]
                if (there[own] > np.bincount(own, minlength=len(there))[own]).all():
                    taken[rows] = side
                    break
