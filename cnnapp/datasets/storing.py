"""Drafts become prepared data sets: written whole or not at all, and nothing else writes them; `store` reads them."""

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnapp import files
from cnnapp.datasets.drafts import Draft, Report, Rows, ShardRows, UnlabelledRows
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import ArrayFile, Manifest, StoredFile, Unlabelled
from cnnapp.datasets.npy import write_array
from cnnapp.datasets.shards import ShardFiles
from cnnapp.datasets.store import ENDS, MANIFEST, UNLABELLED, folder_of, taken
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings


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
            arrays |= _write_groups(part, split, rows)
        manifest = _manifest(name, draft, arrays, _write_facts(part, draft))
        if draft.unlabelled is not None:
            manifest = manifest.model_copy(update={"unlabelled": _write_unlabelled(part, draft.unlabelled)})
        files.write(part / MANIFEST, manifest.model_dump_json(indent=1).encode(), durable=False)
    return manifest


def _link_shards(folder: Path, shards: ShardFiles) -> dict[str, ArrayFile]:
    """Give the shards' files a second name in `folder`: nothing is copied, and a killed job still finds them."""
    for name in shards.arrays:
        files.link_or_copy(shards.folder / name, folder / name)
    if shards.ends is None:
        return dict(shards.arrays)
    return {**shards.arrays, ENDS: write_array(folder / ENDS, shards.ends.shape, np.int64, [shards.ends])}


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


def _write_groups(folder: Path, split: str, rows: Rows | ShardRows) -> dict[str, ArrayFile]:
    if rows.groups is None:
        return {}
    groups = f"{split}_groups.npy"
    return {groups: write_array(folder / groups, rows.labels.shape, np.int32, [rows.groups])}


def _write_facts(folder: Path, draft: Draft) -> dict[str, StoredFile]:
    written: dict[str, StoredFile] = {}
    for split, rows in draft.splits.items():
        if rows.facts is not None:
            written |= _write_facts_of(folder, split, rows.facts)
    return written


def _write_facts_of(folder: Path, split: str, facts: ImageFacts) -> dict[str, StoredFile]:
    path = folder / f"{split}_facts.npz"
    facts.write(path)
    return {path.name: StoredFile(bytes=path.stat().st_size, sha256=files.digest_file(path))}


def _write_unlabelled(folder: Path, rows: UnlabelledRows) -> Unlabelled:
    shards = {f"{UNLABELLED}-{place:05}.npy": name for place, name in enumerate(rows.shards.arrays)}
    for name, source in shards.items():
        files.link_or_copy(rows.shards.folder / source, folder / name)
    arrays = {name: rows.shards.arrays[source] for name, source in shards.items()}
    numbers = {"rows": rows.places} | ({"ends": rows.shards.ends} if rows.shards.ends is not None else {})
    for kind, values in numbers.items():
        name = f"{UNLABELLED}_{kind}.npy"
        arrays[name] = write_array(folder / name, values.shape, np.int64, [values])
    facts = _write_facts_of(folder, UNLABELLED, rows.facts)
    return Unlabelled(count=len(rows.places), arrays=arrays, facts=facts, shards=tuple(shards))


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
        group_rule=draft.group_rule,
        shards=tuple(draft.shards.arrays) if draft.shards else (),
        encoding="files" if draft.shards and draft.shards.ends is not None else "raw",
        preprocess=draft.preprocess,
        skipped=tuple(draft.skipped),
        converted=draft.converted,
        notices=tuple(draft.notices),
        split_notices=tuple(draft.split_notices),
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
