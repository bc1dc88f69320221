"""The library's prepared data sets: folders of memory-mapped arrays with a manifest, written whole or not at all."""

import os
import shutil
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from cnnapp import files
from cnnapp.datasets.drafts import Draft, Report, Rows, ShardRows
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import ArrayFile, Manifest, SplitName, StoredFile
from cnnapp.datasets.names import is_slug
from cnnapp.datasets.npy import write_array
from cnnapp.datasets.shards import ShardedImages, ShardFiles, Shards
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.settings import settings

MANIFEST = "manifest.json"
_ENDS = "ends.npy"  # of encoded images in their shards

Images = NDArray[np.uint8] | ShardedImages
"""uint8 (n, h, w, c), on disk until indexed: index first (a number, a slice, rows), then compute."""


@dataclass(frozen=True)
class Split:
    """Images and labels of one part of a data set."""

    images: Images
    labels: NDArray[np.int32]  # (n,)
    facts_file: Path | None = None

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
        if len(facts) != len(self.labels):
            raise _damaged(name, f"{self.facts_file.name} does not fit its images")
        return facts


@dataclass(frozen=True)
class PreparedDataset:
    """A data set that is ready to be read."""

    manifest: Manifest
    train: Split
    test: Split
    validation: Split | None = None  # the set's own; None: training holds out a share of its images

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
    except (OSError, ValueError, EOFError, IndexError):
        raise _damaged(name, "its arrays cannot be read") from None
    return PreparedDataset(manifest, train, test, validation)


def read_shards(manifest: Manifest) -> ShardFiles | None:
    """Return the shards of a stored set, None where each split is one array; raises OSError or ValueError."""
    folder = folder_of(manifest.name)
    if not manifest.shards:
        return None
    ends = np.load(folder / _ENDS, allow_pickle=False) if manifest.encoding == "files" else None
    return ShardFiles(folder, {name: manifest.arrays[name] for name in manifest.shards}, ends)


def _read_split(manifest: Manifest, name: SplitName, shards: Shards | None) -> Split:
    folder, facts = folder_of(manifest.name), f"{name}_facts.npz"
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


def write(name: str, draft: Draft, report: Report) -> Manifest:
    """Store a new data set under `name`.

    Raises:
        CnnAppError: the name is taken, the disk has no room, or the set would be larger than the limit.
    """
    folder = folder_of(name)
    if draft.shards is None:  # shards are on disk already and only get another name
        _check_room(draft)
    if folder.exists():
        raise taken(name)
    with files.new_folder(folder) as part:
        arrays = _link_shards(part, draft.shards) if draft.shards else {}
        for split, rows in draft.splits.items():
            if isinstance(rows, ShardRows):
                arrays |= _write_rows(part, split, rows)
            else:
                arrays |= _write_images(part, split, rows, (draft, report))
        manifest = _manifest(name, draft, arrays, _write_facts(part, draft))
        files.write(part / MANIFEST, manifest.model_dump_json(indent=1).encode(), durable=False)
    return manifest


def remove(name: str) -> None:
    """Delete a stored data set; processes that have it open keep their view of it."""
    files.remove_folder(folder_of(name))


def taken(name: str) -> CnnAppError:
    """Return the error for a name that exists already."""
    return CnnAppError(
        f"There is a data set called {name} already: choose another name, or choose that set on the page Data set and "
        "delete it first (under Advanced, at the page's end)."
    )


def _link_shards(folder: Path, shards: ShardFiles) -> dict[str, ArrayFile]:
    """Give the shards' files a second name in `folder`: nothing is copied, and a killed job still finds them."""
    for name in shards.arrays:
        try:
            os.link(shards.folder / name, folder / name)
        except OSError:  # on another disk
            shutil.copyfile(shards.folder / name, folder / name)
    if shards.ends is None:
        return dict(shards.arrays)
    return {**shards.arrays, _ENDS: write_array(folder / _ENDS, shards.ends.shape, np.int64, [shards.ends])}


def _write_rows(folder: Path, split: str, rows: ShardRows) -> dict[str, ArrayFile]:
    places, labels = f"{split}_rows.npy", f"{split}_labels.npy"
    return {
        places: write_array(folder / places, rows.places.shape, np.int64, [rows.places]),
        labels: write_array(folder / labels, rows.labels.shape, np.int32, [rows.labels]),
    }


def _write_images(folder: Path, split: str, rows: Rows, context: tuple[Draft, Report]) -> dict[str, ArrayFile]:
    draft, report = context
    shape, done = (len(rows.labels), *draft.preprocess.image_shape), 0

    def batches() -> Iterable[NDArray[np.uint8]]:
        nonlocal done
        for batch in rows.batches():
            yield batch
            done += len(batch)
            report(f"Storing the {'training' if split == 'train' else split} images", done, shape[0])

    images, labels = f"{split}_images.npy", f"{split}_labels.npy"
    return {
        images: write_array(folder / images, shape, np.uint8, batches()),
        labels: write_array(folder / labels, rows.labels.shape, np.int32, [rows.labels]),
    }


def _write_facts(folder: Path, draft: Draft) -> dict[str, StoredFile]:
    written = {}
    for split, rows in draft.splits.items():
        if rows.facts is not None:
            path = folder / f"{split}_facts.npz"
            rows.facts.write(path)
            written[path.name] = StoredFile(bytes=path.stat().st_size, sha256=files.digest_file(path))
    return written


def _manifest(name: str, draft: Draft, arrays: dict[str, ArrayFile], facts: dict[str, StoredFile]) -> Manifest:
    classes = len(draft.class_names)
    counts = {
        split: tuple(np.bincount(rows.labels, minlength=classes).tolist()) for split, rows in draft.splits.items()
    }
    return Manifest(
        version=draft.version,
        parent=draft.parent,
        name=name,
        title=draft.title,
        description=draft.description,
        source=draft.source,
        image_shape=draft.preprocess.image_shape,
        class_names=draft.class_names,
        train_counts=counts["train"],
        test_counts=counts["test"],
        validation_counts=counts.get("validation", ()),
        arrays=arrays,
        facts=facts,
        shards=tuple(draft.shards.arrays) if draft.shards else (),
        encoding="files" if draft.shards and draft.shards.ends is not None else "raw",
        preprocess=draft.preprocess,
        skipped=tuple(draft.skipped),
        converted=draft.converted,
        notices=tuple(draft.notices),
        created=time.time(),
    )


def _check_room(draft: Draft) -> None:
    images = sum(len(rows.labels) for rows in draft.splits.values())
    need = images * (int(np.prod(draft.preprocess.image_shape)) + 4)
    if need > settings().max_dataset_bytes:
        raise CnnAppError(
            f"The data set would take {need / 1e9:.1f} GB, more than the {settings().max_dataset_bytes / 1e9:.1f} GB "
            "that CNNAPP_MAX_DATASET_MB allows: use fewer or smaller images."
        )
    settings().datasets_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings().datasets_dir).free
    if need > free:
        raise CnnAppError(
            f"The data set needs {need / 1e6:,.0f} MB, but the disk has only {free / 1e6:,.0f} MB left: "
            "delete data sets or runs, or use fewer images."
        )


def _check(manifest: Manifest, split: Split, counts: tuple[int, ...]) -> None:
    good = (
        split.images.dtype == np.uint8
        and split.images.shape == (sum(counts), *manifest.image_shape)
        and _rows_exist(split.images)
        and split.labels.dtype == np.int32
        and split.labels.shape == split.images.shape[:1]
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
