"""From labelled images on disk to the splits of a draft."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Rows, rows_per_batch
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.splits import split_stratified
from cnnapp.errors import CnnAppError

TEST_SHARE, SPLIT_SEED = 0.15, 0  # of a set without a test part


class ImagesOnDisk(NamedTuple):
    """Decoded images, uint8 `shape` = (n, h, w, c), one after the other in a file."""

    path: Path
    shape: tuple[int, int, int, int]

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Read some of them; the file is mapped anew each time, so that what was read does not stay in memory."""
        return np.memmap(self.path, np.uint8, "r", shape=self.shape)[rows]


class Parts(NamedTuple):
    """The splits of a data set, and what was decided about them, in whole sentences."""

    train: Rows
    test: Rows
    validation: Rows | None
    notices: list[str]


def make_parts(
    images: ImagesOnDisk, labels: NDArray[np.int32], splits: Sequence[SplitName], facts: ImageFacts | None = None
) -> Parts:
    """Put labelled images into their splits; a set without a test part gives one up.

    Args:
        images: n of them.
        labels: (n,).
        splits: n names.
        facts: of the n files that the images were.

    Raises:
        CnnAppError: there are too few images to train and test with.
    """
    names = np.asarray(splits)
    rows = {name: np.flatnonzero(names == name) for name in ("train", "validation", "test")}
    notices = []
    if not len(rows["test"]) and len(rows["validation"]):
        rows["test"], rows["validation"] = rows["validation"], rows["test"]
        notices.append("There is no test folder, so the images of the validation folder are the test images.")
    elif not len(rows["test"]):
        taken = split_stratified(labels[rows["train"]], round(len(rows["train"]) * TEST_SHARE), SPLIT_SEED)
        rows["train"], rows["test"] = (rows["train"][part] for part in taken)
        notices.append(f"There is no test part: {len(rows['test']):,} of {len(names):,} images were set apart for it.")
    _check(rows["train"], rows["test"], labels)
    train, validation, test = (_rows(images, labels, part, facts=facts) for part in rows.values())
    return Parts(train, test, validation if len(validation.labels) else None, notices)


def _check(train: NDArray[np.int64], test: NDArray[np.int64], labels: NDArray[np.int32]) -> None:
    if not len(test) or len(np.unique(labels[train])) < 2:
        raise CnnAppError(
            f"There are {len(train)} training images of {len(np.unique(labels[train]))} classes and {len(test)} test "
            "images: expected training images of at least two classes and some to test with; add images."
        )


def _rows(
    images: ImagesOnDisk, labels: NDArray[np.int32], rows: NDArray[np.int64], *, facts: ImageFacts | None
) -> Rows:
    step = rows_per_batch(images.shape[1:], 1)

    def batches() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(rows), step):
            yield images.take(rows[start : start + step])

    return Rows(labels[rows], batches, facts.take(rows) if facts else None)
