"""From labelled images to the splits of a draft."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import ShardRows
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.grouping import Grouping
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.splits import Groups, find_parted, split_stratified
from cnnapp.errors import CnnAppError

TEST_SHARE, SPLIT_SEED = 0.15, 0  # of a set without a test part


class Parts(NamedTuple):
    """The splits of a data set, and what was decided about them, in whole sentences."""

    train: ShardRows
    test: ShardRows
    validation: ShardRows | None
    notices: list[str]


def make_parts(
    labels: NDArray[np.int32], splits: Sequence[SplitName], facts: ImageFacts, grouping: Grouping | None = None
) -> Parts:
    """Put labelled images into their splits; a set without a test part gives one up, whole groups at a time.

    Args:
        labels: (n,), of the images in their shards.
        splits: n names.
        facts: of the n files that they were.
        grouping: of the n images.

    Raises:
        CnnAppError: there are too few images to train and test with.
    """
    names, groups = np.asarray(splits), grouping.groups if grouping else None
    rows = {name: np.flatnonzero(names == name) for name in ("train", "validation", "test")}
    notices = list(grouping.notices) if grouping else []
    if not len(rows["test"]):
        rows["train"], rows["test"] = hold_out_test(labels, rows["train"], groups)
        notices.append(f"The files name no test part: {len(rows['test']):,} of {len(names):,} images were set apart.")
    _check(rows["train"], rows["test"], labels)
    if groups is not None:
        notices += tell_parted({name: groups[own] for name, own in rows.items()})
    train, validation, test = (
        ShardRows(labels[own], own, facts.take(own), groups[own] if groups is not None else None)
        for own in rows.values()
    )
    return Parts(train, test, validation if len(validation.labels) else None, notices)


def hold_out_test(
    labels: NDArray[np.int32], rows: NDArray[np.int64], groups: Groups | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split `rows` of a set without a test part into those to train and those to test with.

    Args:
        labels: (n,), of all images.
        rows: places among the n.
        groups: (n,), see `splits`.
    """
    own = groups[rows] if groups is not None else None
    kept, taken = split_stratified(labels[rows], round(len(rows) * TEST_SHARE), SPLIT_SEED, own, every_class=True)
    return rows[kept], rows[taken]


def tell_parted(groups: dict[str, Groups]) -> list[str]:
    """Say which groups the set's own parts have torn asunder."""
    parted = len(find_parted(groups))
    if not parted:
        return []
    return [
        f"{parted:,} {'group has' if parted == 1 else 'groups have'} images in more than one part of the set, as it "
        "came: test images may be known from training. Split the set again on the Data set page to keep them together."
    ]


def _check(train: NDArray[np.int64], test: NDArray[np.int64], labels: NDArray[np.int32]) -> None:
    if not len(test) or len(np.unique(labels[train])) < 2:
        raise CnnAppError(
            f"There are {len(train)} training images of {len(np.unique(labels[train]))} classes and {len(test)} test "
            "images: expected training images of at least two classes and some to test with; add images."
        )
