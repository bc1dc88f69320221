"""The library's prepared data sets, read: folders of memory-mapped arrays with a manifest; `storing` writes them."""

import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from cnnapp import files
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import Manifest, SplitName
from cnnapp.datasets.names import is_slug
from cnnapp.datasets.shards import ShardedImages, ShardFiles, Shards
from cnnapp.datasets.splits import Groups
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.settings import settings

MANIFEST = "manifest.json"
ENDS = "ends.npy"  # of encoded images in their shards
UNLABELLED = "unlabelled"  # begins the names of the files of images without a class

Images = NDArray[np.uint8] | ShardedImages
"""uint8 (n, h, w, c), on disk until indexed: index first (a number, a slice, rows), then compute."""


class _WithFacts:
    """Images, with what is known of the files that they were."""

    images: Images
    facts_file: Path | None

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known of the files that the images were, read when first asked for; None where they were arrays.

        Raises:
            CnnAppError: the set is damaged.
        """
        if self.facts_file is None:
            return None
        name = self.facts_file.parent.name
        try:
            facts = ImageFacts.read(self.facts_file)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            raise _damaged(name, f"{self.facts_file.name} cannot be read") from None
        if len(facts) != len(self.images):
            raise _damaged(name, f"{self.facts_file.name} does not fit its images")
        return facts


@dataclass(frozen=True)
class Split(_WithFacts):
    """Images and labels of one part of a data set."""

    images: Images
    labels: NDArray[np.int32]  # (n,)
    facts_file: Path | None = None
    groups: Groups | None = None  # (n,): images that belong together, see `splits`; None: the set has no groups


@dataclass(frozen=True)
class UnlabelledImages(_WithFacts):
    """Images without a class that are kept beside a data set's splits."""

    images: Images
    facts_file: Path | None = None


@dataclass(frozen=True)
class PreparedDataset:
    """A data set that is ready to be read."""

    manifest: Manifest
    train: Split
    test: Split
    validation: Split | None = None  # the set's own; None: training holds out a share of its images
    unlabelled: UnlabelledImages | None = None  # no part of the splits, nor of the digest

    @property
    def splits(self) -> dict[SplitName, Split]:
        """The splits that there are, in the order of `Draft.splits`."""
        own: dict[SplitName, Split] = {"validation": self.validation} if self.validation is not None else {}
        return {"train": self.train, **own, "test": self.test}

    @property
    def digest(self) -> str:
        """SHA-256 of pixels, labels and class names."""
        return self.manifest.digest

    @property
    def preprocess(self) -> Preprocess:
        """How an image from outside becomes one like these."""
        return self.manifest.preprocess


def folder_of(name: str) -> Path:
    """Return the folder of the data set `name`; raises CnnAppError for what cannot be a name."""
    if not is_slug(name):
        raise CnnAppError(f"{name[:80]!r} is no data set's name: expected small letters, digits, '-' and '_'.")
    return settings().datasets_dir / name


def stored_names() -> list[str]:
    """Return the names of all folders in the library, sorted, damaged ones included."""
    try:
        return sorted(path.name for path in settings().datasets_dir.iterdir() if path.is_dir() and is_slug(path.name))
    except FileNotFoundError:
        return []


def is_stored(name: str) -> bool:
    """Say whether there is a folder for `name`, damaged or not."""
    return is_slug(name) and folder_of(name).is_dir()


def read_manifest(name: str) -> Manifest:
    """Read a stored set's manifest and check the sizes of its files.

    Raises:
        CnnAppError: the set is damaged; the sentence says how.
    """
    folder = folder_of(name)
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
        for file, stored in manifest.files.items():
            if (folder / file).stat().st_size != stored.bytes:
                raise _damaged(name, f"{file} does not have its size")
    except FileNotFoundError as error:
        raise _damaged(name, f"{Path(error.filename).name} is missing") from None
    except (OSError, ValidationError):
        raise _damaged(name, "its manifest cannot be read") from None
    return manifest


def read(name: str) -> PreparedDataset:
    """Open a stored data set; images stay on disk until they are touched.

    Raises:
        CnnAppError: the set is damaged.
    """
    manifest = read_manifest(name)
    try:
        stored = read_shards(manifest)
        shards = stored.open(manifest.preprocess) if stored else None
        train, test = (_read_split(manifest, split, shards) for split in ("train", "test"))
        validation = _read_split(manifest, "validation", shards) if manifest.validation_counts else None
        unlabelled = _read_unlabelled(manifest)
    except (OSError, ValueError, EOFError, IndexError):
        raise _damaged(name, "its arrays cannot be read") from None
    return PreparedDataset(manifest, train, test, validation, unlabelled)


def read_shards(manifest: Manifest) -> ShardFiles | None:
    """Return the shards of a stored set, None where each split is one array; raises OSError or ValueError."""
    folder = folder_of(manifest.name)
    if not manifest.shards:
        return None
    ends = np.load(folder / ENDS, allow_pickle=False) if manifest.encoding == "files" else None
    return ShardFiles(folder, {name: manifest.arrays[name] for name in manifest.shards}, ends)


def read_unlabelled_shards(manifest: Manifest) -> ShardFiles | None:
    """Return the shards of a stored set's images without a class, None without any; raises OSError or ValueError."""
    folder, own = folder_of(manifest.name), manifest.unlabelled
    if own is None:
        return None
    ends = f"{UNLABELLED}_ends.npy"
    encoded = np.load(folder / ends, allow_pickle=False) if ends in own.arrays else None
    return ShardFiles(folder, {name: own.arrays[name] for name in own.shards}, encoded)


def _read_unlabelled(manifest: Manifest) -> UnlabelledImages | None:
    shards = read_unlabelled_shards(manifest)
    if shards is None:
        return None
    folder = folder_of(manifest.name)
    rows = np.load(folder / f"{UNLABELLED}_rows.npy", allow_pickle=False)
    images = ShardedImages(shards.open(manifest.preprocess), rows)
    if not _rows_exist(images):
        raise _damaged(manifest.name, "its arrays do not fit its manifest")
    return UnlabelledImages(images, folder / f"{UNLABELLED}_facts.npz")


def _read_split(manifest: Manifest, name: SplitName, shards: Shards | None) -> Split:
    folder, facts, groups = folder_of(manifest.name), f"{name}_facts.npz", f"{name}_groups.npy"
    images: Images
    if shards is None:
        images = np.load(folder / f"{name}_images.npy", mmap_mode="r", allow_pickle=False)
    else:
        rows = np.load(folder / f"{name}_rows.npy", allow_pickle=False)
        images = ShardedImages(shards, rows)
    split = Split(
        images,
        np.load(folder / f"{name}_labels.npy", allow_pickle=False),
        folder / facts if facts in manifest.facts else None,
        np.load(folder / groups, allow_pickle=False) if groups in manifest.arrays else None,
    )
    counts = {"train": manifest.train_counts, "test": manifest.test_counts, "validation": manifest.validation_counts}
    _check(manifest, split, counts[name])
    return split


def verify(dataset: PreparedDataset) -> None:
    """Compare every file with its digest; raises CnnAppError when a single bit differs."""
    name = dataset.manifest.name
    for file, stored in dataset.manifest.files.items():
        if files.digest_file(folder_of(name) / file) != stored.sha256:
            raise _damaged(name, f"{file} does not match its digest")


def remove(name: str) -> None:
    """Delete a stored data set; processes that have it open keep their view of it."""
    files.remove_folder(folder_of(name))


def taken(name: str) -> CnnAppError:
    """Return the error for a name that exists already."""
    return CnnAppError(
        f"There is a data set called {name} already: choose another name, or choose that set on the page Data set and "
        "delete it first (under Advanced, at the page's end)."
    )


def _check(manifest: Manifest, split: Split, counts: tuple[int, ...]) -> None:
    good = (
        split.images.dtype == np.uint8
        and split.images.shape == (sum(counts), *manifest.image_shape)
        and _rows_exist(split.images)
        and split.labels.dtype == np.int32
        and split.labels.shape == split.images.shape[:1]
        and (split.groups is None or split.groups.dtype == np.int32)
        and (split.groups is None or split.groups.shape == split.labels.shape)
        and np.array_equal(np.unique(split.labels), np.flatnonzero(counts))
    )
    if not good:
        raise _damaged(manifest.name, "its arrays do not fit its manifest")


def _rows_exist(images: Images) -> bool:
    if not isinstance(images, ShardedImages):
        return True
    return bool(np.all((images.rows >= 0) & (images.rows < len(images.shards))))


def _damaged(name: str, how: str) -> CnnAppError:
    return CnnAppError(f"The data set {name} is damaged ({how}): delete it on the Data set page and add it again.")
