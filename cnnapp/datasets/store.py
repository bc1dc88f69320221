"""The library's prepared data sets: folders of memory-mapped arrays with a manifest, written whole or not at all."""

import hashlib
import io
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
from cnnapp.datasets.drafts import Draft, Report, Rows
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import ArrayFile, Manifest, SplitName, StoredFile
from cnnapp.datasets.names import is_slug
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.settings import settings

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Split:
    """Images and labels of one part of a data set."""

    images: NDArray[np.uint8]  # memory-mapped (n, h, w, c)
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
    manifest, folder = read_manifest(name), folder_of(name)
    train = _read_split(manifest, folder, "train")
    test = _read_split(manifest, folder, "test")
    validation = _read_split(manifest, folder, "validation") if manifest.validation_counts else None
    return PreparedDataset(manifest, train, test, validation)


def _read_split(manifest: Manifest, folder: Path, name: SplitName) -> Split:
    facts = f"{name}_facts.npz"
    try:
        split = Split(
            np.load(folder / f"{name}_images.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / f"{name}_labels.npy", allow_pickle=False),
            folder / facts if facts in manifest.facts else None,
        )
    except (OSError, ValueError, EOFError):
        raise _damaged(manifest.name, "its arrays cannot be read") from None
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
    _check_room(draft)
    if folder.exists():
        raise taken(name)
    with files.new_folder(folder) as part:
        arrays: dict[str, ArrayFile] = {}
        for split, rows in draft.splits.items():
            arrays |= _write_split(part, split, rows, (draft, report))
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


def _write_split(folder: Path, split: str, rows: Rows, context: tuple[Draft, Report]) -> dict[str, ArrayFile]:
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
        images: _write_array(folder / images, shape, batches()),
        labels: _write_array(folder / labels, rows.labels.shape, [rows.labels.astype(np.int32)]),
    }


def _write_facts(folder: Path, draft: Draft) -> dict[str, StoredFile]:
    written = {}
    for split, rows in draft.splits.items():
        if rows.facts is not None:
            path = folder / f"{split}_facts.npz"
            rows.facts.write(path)
            written[path.name] = StoredFile(bytes=path.stat().st_size, sha256=files.digest_file(path))
    return written


def _write_array(path: Path, shape: tuple[int, ...], parts: Iterable[NDArray[np.generic]]) -> ArrayFile:
    dtype = np.dtype(np.int32 if len(shape) == 1 else np.uint8)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    )
    sha = hashlib.sha256(header.getvalue())
    with path.open("wb") as file:
        file.write(header.getvalue())
        for part in parts:
            data = np.ascontiguousarray(part, dtype)
            sha.update(data.data)
            file.write(data.data)
        size = file.tell()
    if size != len(header.getvalue()) + int(np.prod(shape)) * dtype.itemsize:
        raise RuntimeError(f"{path.name}: the source promised {shape} but gave {size} bytes")
    return ArrayFile(shape=shape, bytes=size, sha256=sha.hexdigest())


def _manifest(name: str, draft: Draft, arrays: dict[str, ArrayFile], facts: dict[str, StoredFile]) -> Manifest:
    classes = len(draft.class_names)
    counts = {
        split: tuple(np.bincount(rows.labels, minlength=classes).tolist()) for split, rows in draft.splits.items()
    }
    return Manifest(
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
        and split.labels.dtype == np.int32
        and split.labels.shape == split.images.shape[:1]
        and np.array_equal(np.unique(split.labels), np.flatnonzero(counts))
    )
    if not good:
        raise _damaged(manifest.name, "its arrays do not fit its manifest")


def _damaged(name: str, how: str) -> CnnAppError:
    return CnnAppError(f"The data set {name} is damaged ({how}): delete it on the Data set page and add it again.")
