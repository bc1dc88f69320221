"""From labelled images to the splits of a draft."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import ShardRows
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.splits import split_stratified
from cnnapp.errors import CnnAppError

TEST_SHARE, SPLIT_SEED = 0.15, 0  # of a set without a test part


class Parts(NamedTuple):
    """The splits of a data set, and what was decided about them, in whole sentences."""

    train: ShardRows
    test: ShardRows
    validation: ShardRows | None
    notices: list[str]


def make_parts(labels: NDArray[np.int32], splits: Sequence[SplitName], facts: ImageFacts) -> Parts:
    """Put labelled images into their splits; a set without a test part gives one up.

    Args:
        labels: (n,), of the images in their shards.
        splits: n names.
        facts: of the n files that they were.

    Raises:
        CnnAppError: there are too few images to train and test with.
    """
    names = np.asarray(splits)
    rows = {name: np.flatnonzero(names == name) for name in ("train", "validation", "test")}
    notices = []
    if not len(rows["test"]):
        taken = split_stratified(labels[rows["train"]], round(len(rows["train"]) * TEST_SHARE), SPLIT_SEED)
        rows["train"], rows["test"] = (rows["train"][part] for part in taken)
        notices.append(f"The files name no test part: {len(rows['test']):,} of {len(names):,} images were set apart.")
    _check(rows["train"], rows["test"], labels)
    train, validation, test = (_rows(labels, part, facts) for part in rows.values())
    return Parts(train, test, validation if len(validation.labels) else None, notices)


def _check(train: NDArray[np.int64], test: NDArray[np.int64], labels: NDArray[np.int32]) -> None:
    if not len(test) or len(np.unique(labels[train])) < 2:
        raise CnnAppError(
            f"There are {len(train)} training images of {len(np.unique(labels[train]))} classes and {len(test)} test "
            "images: expected training images of at least two classes and some to test with; add images."
        )


def _rows(labels: NDArray[np.int32], rows: NDArray[np.int64], facts: ImageFacts) -> ShardRows:
    return ShardRows(labels[rows], rows, facts.take(rows))
