"""What a source hands to the store: images in batches, so that a large set never lies whole in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.album import Album
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.group_rule import GroupRule
from cnnapp.datasets.manifest import Parent, Skipped, SourceKind, SplitName
from cnnapp.datasets.shards import ShardFiles
from cnnapp.datasets.splits import Groups
from cnnapp.images import Preprocess

Unit = Literal["images", "bytes"]
BATCH_BYTES = 8 * 1024**2


class Report(Protocol):
    """Takes progress: what is being done, how much of it, of how much; may raise `CalledOffError`."""

    def __call__(self, what: str, done: int, total: int, unit: Unit = "images") -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Workspace:
    """Where a source may put temporary files, and whom it tells how far it is."""

    folder: Path
    report: Report
    archive: Path | None = None  # the user's file, which stands in for a download
    album: Album = field(default_factory=Album)  # takes a reading's sample pictures


@dataclass(frozen=True)
class Rows:
    """The images of one split, in batches: what was an array."""

    labels: NDArray[np.int32]  # (n,)
    batches: Callable[[], Iterator[NDArray[np.uint8]]]  # each (m, h, w, c), n rows in all
    facts: ImageFacts | None = None  # of the files that the images were, if they were files
    groups: Groups | None = None  # (n,), see `splits`; None: the set has none

    @classmethod
    def from_array(cls, images: NDArray[np.uint8], labels: NDArray[np.int32]) -> "Rows":
        """Return rows over arrays in memory: uint8 (n, h, w, c) and (n,)."""
        return cls(labels, lambda: slices(images))


@dataclass(frozen=True)
class ShardRows:
    """The images of one split, as places in the draft's shards."""

    labels: NDArray[np.int32]  # (n,)
    places: NDArray[np.int64]  # (n,)
    facts: ImageFacts | None = None
    groups: Groups | None = None  # (n,), see `splits`; None: the set has none


@dataclass(frozen=True)
class UnlabelledRows:
    """Images without a class, as places in shards of their own, of the draft's encoding."""

    shards: ShardFiles
    places: NDArray[np.int64]  # (n,)
    facts: ImageFacts


@dataclass(frozen=True)
class Draft:
    """A data set before it is stored: all its splits in batches, or all in shards.

    `skipped` and `converted` may fill up while batches are read.
    """

    title: str
    source: SourceKind
    class_names: tuple[str, ...]
    preprocess: Preprocess
    train: Rows | ShardRows
    test: Rows | ShardRows
    validation: Rows | ShardRows | None = None  # None: training holds out a share of its images
    shards: ShardFiles | None = None  # where `ShardRows` point
    unlabelled: UnlabelledRows | None = None  # kept beside the splits; their shards are not the draft's
    group_rule: GroupRule | None = None  # by which the splits' groups were told
    description: str = ""
    skipped: list[Skipped] = field(default_factory=list)
    converted: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    split_notices: list[str] = field(default_factory=list)  # those among the notices about what was held out
    version: int = 1
    parent: Parent | None = None  # of a version above the first

    @property
    def splits(self) -> dict[SplitName, Rows | ShardRows]:
        """The splits that there are, in the order in which they are stored."""
        own: dict[SplitName, Rows | ShardRows] = {"validation": self.validation} if self.validation is not None else {}
        return {"train": self.train, **own, "test": self.test}


def slices(images: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Cut `images` into batches of about `BATCH_BYTES`."""
    step = rows_per_batch(images.shape[1:], images.itemsize)
    for start in range(0, len(images), step):
        yield images[start : start + step]


def rows_per_batch(image_shape: tuple[int, ...], item_bytes: int) -> int:
    """Return how many images of a shape make a batch."""
    return max(1, BATCH_BYTES // max(1, int(np.prod(image_shape)) * item_bytes))
