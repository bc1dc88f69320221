"""Quick, Draw!'s bitmaps: a `.npy` file of (n, 784) bytes for each class, white strokes on black."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading import Choices, Source
from cnnapp.datasets.reading.class_names import ClassNames
from cnnapp.datasets.reading.words import junk_reason
from cnnapp.datasets.sources.array_draft import Arrays, Told, Wanted, draft_of
from cnnapp.datasets.sources.array_files import NPY, ArrayFiles, check_sizes
from cnnapp.datasets.sources.array_names import find_sets, is_numbered, meaning
from cnnapp.datasets.sources.array_reading import form_of_arrays
from cnnapp.datasets.sources.labels import MOST_CLASSES, Labels
from cnnapp.datasets.sources.npy_header import Header
from cnnapp.datasets.sources.pixels import MOST_IMAGES
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture, stem_of

SIDE = 28
_PREFIXES = ("full_numpy_bitmap_", "full-numpy_bitmap-", "full_numpy_bitmap-")


def _find(source: Source) -> bool:
    """Whether there are arrays only, none of them called images or labels, and the first is of bitmaps."""
    entries = _arrays(source.entries)
    names = [entry.shown.removesuffix(".npy") for entry in entries]
    if not entries or find_sets(names) or is_numbered(names) or all(meaning(name) is not None for name in names):
        return False
    if any(is_called_picture(entry.parts[-1]) for entry in source.entries):
        return False
    files = ArrayFiles(source.container, {"first": entries[0]}, NPY)
    try:
        return _is_bitmaps(files.header("first"))
    except CnnAppError:
        return False


def _make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of the bitmaps.

    Raises:
        CnnAppError: there is one class, or a file is damaged or holds something else.
    """
    entries = _arrays(source.entries)
    _check_number(entries)
    files = ArrayFiles(source.container, {entry.shown: entry for entry in entries}, NPY)
    headers = {name: files.header(name) for name in files.names}
    for name, header in headers.items():
        if not _is_bitmaps(header):
            raise CnnAppError(
                f"{name} has shape {header.shape} and type {header.dtype}: expected bitmaps of {SIDE * SIDE} bytes, as "
                "in the other files."
            )
    check_sizes(headers)
    total = sum(header.shape[0] for header in headers.values())
    if total > MOST_IMAGES:
        raise CnnAppError(f"There are {total:,} bitmaps, more than {MOST_IMAGES:,}: use fewer.")
    images, labels = _join(files, headers, workspace)
    names = ClassNames(_label(entry) for entry in entries)
    place = np.array([names.place(_label(entry)) for entry in entries], np.int32)
    if len(names.names) < len(entries):
        raise CnnAppError(f"Two of the files mean one class ({names.names[0]} …): expected one file per class.")
    others = set(source.entries) - set(entries)
    skipped = [Skipped(file=entry.shown, reason="it is no array") for entry in sorted(others)]
    notice = f"Each of the {len(entries)} files of bitmaps was read as one class, called as the file."
    return draft_of(
        title,
        Arrays({"train": images}, Labels({"train": place[labels]}, names.names)),
        Wanted(choices.wants_ink, None, choices.test_from, choices.group_rule),
        Told([*source.container.skipped, *skipped], [notice]),
        workspace.report,
    )


def _arrays(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.parts[-1].endswith(".npy") and not junk_reason(entry.parts)]


def _is_bitmaps(header: Header) -> bool:
    axes, row = len(header.shape), header.shape[1:]
    return axes == 2 and row == (SIDE * SIDE,) and header.dtype == np.uint8 and not header.fortran_order


def _check_number(entries: Sequence[Entry]) -> None:
    if len(entries) == 1:
        raise CnnAppError(
            f"{entries[0].shown} holds bitmaps of one class ({_label(entries[0])[:60]}): give one file per class, "
            "several together as a folder or a zip make one class each."
        )
    if len(entries) > MOST_CLASSES:
        raise CnnAppError(f"There are {len(entries):,} files of bitmaps, more than {MOST_CLASSES:,} classes.")


def _label(entry: Entry) -> str:
    stem = stem_of(entry.parts[-1])
    return next((stem[len(prefix) :] for prefix in _PREFIXES if stem.startswith(prefix)), stem) or stem


def _join(
    files: ArrayFiles, headers: dict[str, Header], workspace: Workspace
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Unpack all files one behind the other into one file on disk.

    Returns:
        uint8 (n, 28, 28), memory-mapped, and int64 (n,): the place of each image's file.
    """
    target, part = workspace.folder / "bitmaps.raw", workspace.folder / "part.raw"
    counts = [header.shape[0] for header in headers.values()]
    if 0 in counts:
        raise CnnAppError(f"{files.names[counts.index(0)]} holds no bitmaps: expected some in every file.")
    joined = np.memmap(target, np.uint8, "w+", shape=(sum(counts), SIDE, SIDE))
    start = 0
    for name, count in zip(files.names, counts, strict=True):
        joined[start : start + count] = files.unpack(name, part, workspace.report).reshape(count, SIDE, SIDE)
        start += count
    part.unlink(missing_ok=True)
    return joined, np.repeat(np.arange(len(counts)), counts)


FORM = form_of_arrays("quickdraw", "Quick, Draw! bitmaps, one file per class", _find, _make)
