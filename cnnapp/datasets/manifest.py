"""What stands in a prepared data set's `manifest.json`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cnnapp import files
from cnnapp.datasets.group_rule import GroupRule
from cnnapp.datasets.new_splits import NewSplits
from cnnapp.images import Preprocess

SourceKind = Literal["bundled", "download", "import"]
Encoding = Literal["raw", "files"]
"""How shards hold images: their pixels, or files that give the same pixels when they are decoded as on import (the
image's own file, or a lossless one of the resized image if that is smaller)."""
SplitName = Literal["train", "validation", "test"]


class Stored(BaseModel):
    """Base of what stands in a manifest: immutable; unknown fields are a newer app's and are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StoredFile(Stored):
    """One file of a data set, as it was written."""

    bytes: int
    sha256: str


class ArrayFile(StoredFile):
    """One `.npy` file of a data set."""

    shape: tuple[int, ...]


class Skipped(Stored):
    """Something that was offered but is not in the data set, and why."""

    file: str
    reason: str


class ChangeCounts(Stored):
    """How many images and classes are changed in a later version, and whether it is split again."""

    left_out: int = 0
    relabelled: int = 0
    renamed: int = 0  # classes
    merged: int = 0  # classes that were made one with others
    split: NewSplits | None = None  # None: every image stays in its part


class Parent(ChangeCounts):
    """The data set that another one is a later version of, and what was changed."""

    name: str
    digest: str


class Unlabelled(Stored):
    """Images without a class that are kept beside the set: no network is trained or tested on them."""

    count: int
    arrays: dict[str, ArrayFile]  # by file name
    facts: dict[str, StoredFile]
    shards: tuple[str, ...]  # those of `arrays` that hold the images


class Manifest(Stored):
    """What a prepared data set is; `manifest.json`, written last."""

    format: Literal[1] = 1
    version: int = 1  # a changed data set is a new one with a higher number
    parent: Parent | None = None  # of a version above the first
    name: str
    title: str
    description: str = ""
    source: SourceKind
    image_shape: tuple[int, int, int]  # height, width, channels (1 or 3)
    class_names: tuple[str, ...] = Field(min_length=2)
    train_counts: tuple[int, ...]  # images per class
    test_counts: tuple[int, ...]
    validation_counts: tuple[int, ...] = ()  # empty: the set has no validation split of its own
    arrays: dict[str, ArrayFile]  # by file name
    facts: dict[str, StoredFile] = {}  # by file name: what is known of the images' files; empty for arrays
    group_rule: GroupRule | None = None  # by which `<split>_groups.npy` were told; None: the set has no groups
    unlabelled: Unlabelled | None = None
    shards: tuple[str, ...] = ()  # those of `arrays` that hold the images of all splits; empty: one array per split
    encoding: Encoding = "raw"
    preprocess: Preprocess
    skipped: tuple[Skipped, ...] = ()
    converted: dict[str, int] = {}  # kind of conversion -> images
    notices: tuple[str, ...] = ()  # whole sentences for people
    split_notices: tuple[str, ...] = ()  # those among them about what was held out: they end when it is split again
    created: float  # seconds since 1970

    @property
    def train(self) -> int:
        """Number of training images."""
        return sum(self.train_counts)

    @property
    def test(self) -> int:
        """Number of test images."""
        return sum(self.test_counts)

    @property
    def validation(self) -> int:
        """Number of images in the set's own validation split; 0 without one."""
        return sum(self.validation_counts)

    @property
    def files(self) -> dict[str, StoredFile]:
        """All files beside the manifest, by name."""
        own = {**self.arrays, **self.facts}
        return own if self.unlabelled is None else {**own, **self.unlabelled.arrays, **self.unlabelled.facts}

    @property
    def digest(self) -> str:
        """SHA-256 of what a network is trained and tested on: pixels, labels, groups and class names.

        Groups decide which images are held out for validation. Sets without them have the digest that they always had;
        images without a label have no part in it.
        """
        parts = [*(f"{name} {array.sha256}" for name, array in sorted(self.arrays.items())), *self.class_names]
        return files.digest("\n".join(parts).encode())
