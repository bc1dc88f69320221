"""CIFAR-10 and CIFAR-100 in their binary version: records of one or two label bytes and 3,072 bytes of pixels."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.containers.container import CHUNK, plain_text
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import Choices, Source
from cnnapp.datasets.reading.words import junk_reason
from cnnapp.datasets.sources.array_draft import Arrays, Told, Wanted, draft_of
from cnnapp.datasets.sources.array_reading import form_of_arrays
from cnnapp.datasets.sources.labels import Labels
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

SIDE = 32
PIXELS = 3 * SIDE * SIDE
MOST_NAMES_BYTES = 64 * 1024


class _Version(NamedTuple):
    """One of the two sets."""

    train: tuple[str, ...]
    test: str
    names: str
    label_bytes: int  # of each record; the last one counts
    classes: int


_TEN = _Version(
    tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin", "batches.meta.txt", 1, 10
)
_HUNDRED = _Version(("train.bin",), "test.bin", "fine_label_names.txt", 2, 100)

Files = Mapping[str, Entry]


def _find(source: Source) -> bool:
    return _version(_by_name(source.entries)) is not None


def _make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of the files.

    Raises:
        CnnAppError: a file has no whole number of records, or labels that the set does not have.
    """
    files = _by_name(source.entries)
    version = _version(files)
    if version is None:
        raise CnnAppError(
            "The files of CIFAR's binary version are not all there: expected data_batch_1.bin and test_batch.bin, or "
            "train.bin and test.bin, with their lists of names."
        )
    parts: dict[SplitName, list[Entry]] = {
        "train": [files[name] for name in version.train if name in files],
        "test": [files[version.test]],
    }
    _check_sizes([entry for entries in parts.values() for entry in entries], version)
    records = {split: _records(source, entries, version, workspace) for split, entries in parts.items()}
    names, notices = _names(source, files[version.names], version)
    missing = [name for name in version.train if name not in files]
    if missing:
        notices.append(f"{len(missing)} of the {len(version.train)} files of training images are not there.")
    labels = Labels({split: _labels(part, version, parts[split]) for split, part in records.items()}, names)
    used = {files[version.names], *parts["train"], *parts["test"]}
    others = [Skipped(file=e.shown, reason="CIFAR has no such file") for e in source.entries if e not in used]
    return draft_of(
        title,
        Arrays({split: _images(part, version) for split, part in records.items()}, labels),
        Wanted(choices.wants_ink, None, choices.test_from, choices.group_rule),
        Told([*source.container.skipped, *others], notices),
        workspace.report,
    )


def _by_name(entries: Sequence[Entry]) -> Files:
    return {entry.parts[-1]: entry for entry in entries if not junk_reason(entry.parts)}


def _version(files: Files) -> _Version | None:
    found = (v for v in (_TEN, _HUNDRED) if v.train[0] in files and v.test in files and v.names in files)
    return next(found, None)


def _check_sizes(entries: Sequence[Entry], version: _Version) -> None:
    record = version.label_bytes + PIXELS
    for entry in entries:
        if entry.size % record or not entry.size:
            raise CnnAppError(
                f"{entry.shown} has {entry.size:,} bytes, no whole number of records of {record:,}: download it again."
            )
    total, limit = sum(entry.size for entry in entries), settings().max_dataset_bytes
    if total > limit:
        raise CnnAppError(
            f"The files have {total / 1e9:,.1f} GB, more than the {limit / 1e9:,.1f} GB that CNNAPP_MAX_DATASET_MB "
            "allows: use fewer."
        )


def _records(source: Source, entries: Sequence[Entry], version: _Version, workspace: Workspace) -> NDArray[np.uint8]:
    """Copy files one behind the other to disk; return uint8 (n, bytes of a record), memory-mapped."""
    target = workspace.folder / f"{entries[0].parts[-1]}.raw"
    total, done = sum(entry.size for entry in entries), 0
    with target.open("wb") as copy:
        for entry in entries:
            left = entry.size
            with source.container.open(entry) as file:
                while left and (chunk := file.read(min(CHUNK, left))):
                    copy.write(chunk)
                    left -= len(chunk)
                    done += len(chunk)
                    workspace.report("Reading the archive", done, total, "bytes")
            if left:
                raise CnnAppError(f"{entry.shown} is cut short: download it again.")
    return np.memmap(
        target, np.uint8, "r", shape=(total // (version.label_bytes + PIXELS), version.label_bytes + PIXELS)
    )


def _images(records: NDArray[np.uint8], version: _Version) -> NDArray[np.uint8]:
    """Return a view (n, 32, 32, 3): the planes red, green, blue lie one behind the other, row by row."""
    row, start = records.shape[1], records[:, version.label_bytes :]
    return np.lib.stride_tricks.as_strided(
        start, (len(records), SIDE, SIDE, 3), (row, SIDE, 1, SIDE * SIDE), writeable=False
    )


def _labels(records: NDArray[np.uint8], version: _Version, entries: Sequence[Entry]) -> NDArray[np.int32]:
    labels = records[:, version.label_bytes - 1].astype(np.int32)
    if labels.max() >= version.classes:
        raise CnnAppError(
            f"{entries[0].shown} has the label {labels.max()}: expected 0 to {version.classes - 1}; download it again."
        )
    return labels


def _names(source: Source, entry: Entry, version: _Version) -> tuple[tuple[str, ...], list[str]]:
    """Return a name for each class; classes that the list does not name are called by their numbers, told."""
    text = source.read_one(entry, MOST_NAMES_BYTES).decode("utf-8", "replace")
    lines = [" ".join(plain_text(line.replace("_", " ")).split())[:100] for line in text.splitlines()]
    given = [line for line in lines if line][: version.classes]
    names = [*given, *(str(number) for number in range(len(given), version.classes))]
    if len(set(names)) < len(names):
        raise CnnAppError(f"{entry.shown} names a class twice: expected {version.classes} names, one a line.")
    told = f"{entry.shown} names {len(given)} of {version.classes} classes; the others are called by their numbers."
    return tuple(names), [told] if len(given) < version.classes else []


FORM = form_of_arrays("cifar-binary", "CIFAR's binary version", _find, _make)
