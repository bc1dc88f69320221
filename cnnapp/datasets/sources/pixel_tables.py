"""Tables of pixels, as Kaggle's digits: a row for each image, a column for its class, the others its grey values."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Entry, check_total
from cnnapp.datasets.containers.container import CHUNK, plain_text
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import Choices, Source
from cnnapp.datasets.reading.words import junk_reason, meaning_of, words_of
from cnnapp.datasets.sources.array_draft import Arrays, Told, Wanted, draft_of
from cnnapp.datasets.sources.array_reading import form_of_arrays
from cnnapp.datasets.sources.labels import read_labels
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture, suffix_of

LEAST_PIXELS, MOST_PIXELS = 64, 128 * 128 * 3
LONGEST_LINE = 16 * MOST_PIXELS  # characters
MOST_ROWS = 1_000_000
_SUFFIXES = (".csv", ".tsv")
_LABELS = {"label", "labels", "class", "target", "y", "digit", "emotion"}
_ROLES: tuple[SplitName, ...] = ("train", "validation", "test")


class _Table(NamedTuple):
    """One table, by its first line."""

    entry: Entry
    separator: str
    is_header: bool  # the first line
    label: int | None  # its column's place
    shape: tuple[int, int, int]  # of the images


class _Pixels(NamedTuple):
    """A table's rows."""

    images: NDArray[np.uint8]  # (n, h, w, c)
    labels: NDArray[np.int64]  # (n,)


def _find(source: Source) -> bool:
    """Whether a table's first line has as many columns as an image has pixels."""
    if any(is_called_picture(entry.parts[-1]) for entry in source.entries):
        return False
    entries = _entries(source)
    return 0 < len(entries) <= 16 and any(_is_wide(source, entry) for entry in entries)


def _make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of the tables.

    Raises:
        CnnAppError: no table has a column of classes beside pixels from 0 to 255, or one is damaged.
    """
    told = Told([*source.container.skipped], [])
    tables = {entry: _look(source, entry) for entry in _entries(source)}
    used = _by_split([table for table in tables.values() if table is not None and table.label is not None])
    if "train" not in used:
        raise CnnAppError(
            f"{source.name} has no table with a column of classes beside its pixels: expected one called label, as in "
            "Kaggle's train.csv."
        )
    for entry in source.entries:
        table = tables.get(entry)
        if table is not None and table.label is None:
            told.skipped.append(Skipped(file=entry.shown, reason="its rows have pixels but no classes"))
            told.notices.append(f"{entry.shown} was left out: its rows have pixels but no classes.")
        elif table not in used.values() or table is None:
            told.skipped.append(Skipped(file=entry.shown, reason="it is no table of pixels of the set"))
    if len({table.shape for table in used.values()}) > 1:
        raise CnnAppError("The tables have images of different sizes: expected as many columns in each.")
    read = {split: _read(source, table, workspace) for split, table in used.items()}
    labels = read_labels({split: (used[split].entry.shown, pixels.labels) for split, pixels in read.items()}, None)
    told.notices.extend(_told(used))
    images = {split: pixels.images for split, pixels in read.items()}
    return draft_of(
        title,
        Arrays(images, labels),
        Wanted(choices.wants_ink, None, choices.test_from, choices.group_rule),
        told,
        workspace.report,
    )


def _entries(source: Source) -> list[Entry]:
    return [
        entry for entry in source.entries if suffix_of(entry.parts[-1]) in _SUFFIXES and not junk_reason(entry.parts)
    ]


def _is_wide(source: Source, entry: Entry) -> bool:
    try:
        with source.container.open(entry) as file:
            start = file.read(LONGEST_LINE).split(b"\n", 1)[0]
    except CnnAppError:
        return False
    return any(LEAST_PIXELS <= start.count(mark) + 1 <= MOST_PIXELS + 1 for mark in (b",", b";", b"\t"))


def _look(source: Source, entry: Entry) -> _Table | None:
    """Read a table's first lines; None if its rows are no images."""
    lines = _lines(source, entry)
    first = next(lines, "")
    second = next(lines, "")
    separator = max(",;\t", key=first.count)
    cells = [plain_text(cell.strip().strip('"')) for cell in first.split(separator)]
    is_header = not all(_is_number(cell) for cell in cells)
    shape, label = _shape(len(cells)), None
    if is_header:
        label = next((place for place, name in enumerate(cells) if _LABELS.intersection(words_of(name))), None)
    elif shape is None:  # as MNIST in CSV without a header: the class comes first
        label = 0
    shape = _shape(len(cells) - (label is not None))
    return _Table(entry, separator, is_header, label, shape) if shape and second.strip() else None


def _shape(pixels: int) -> tuple[int, int, int] | None:
    """Return (height, width, channels) of square images of so many values, None if there are none."""
    if not LEAST_PIXELS <= pixels <= MOST_PIXELS:
        return None
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if side * side * channels == pixels:
            return side, side, channels
    return None


def _by_split(tables: list[_Table]) -> dict[SplitName, _Table]:
    """Return the table of each split, by their names; the first without one is that of training images."""
    found: dict[SplitName, _Table] = {}
    for table in tables:
        meaning = meaning_of(table.entry.parts[-1].rpartition(".")[0])
        role = meaning.role if meaning is not None and len(tables) > 1 else "train"
        split: SplitName = next((split for split in _ROLES if split == role), "train")
        if split in found:
            raise CnnAppError(
                f"{found[split].entry.shown} and {table.entry.shown} may both hold the {split} images: give one of "
                "them."
            )
        found[split] = table
    return found


def _lines(source: Source, entry: Entry) -> Iterator[str]:
    """Give a table's lines, each of bounded length."""
    with source.container.open(entry) as file:
        left = b""
        while chunk := file.read(CHUNK):
            *lines, left = (left + chunk).split(b"\n")
            for line in lines:
                yield _text(line, entry)
            if len(left) > LONGEST_LINE:
                raise _no_pixels(entry, "a line is longer than any image")
        if left.strip():
            yield _text(left, entry)


def _text(line: bytes, entry: Entry) -> str:
    if len(line) > LONGEST_LINE:
        raise _no_pixels(entry, "a line is longer than any image")
    return line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").rstrip("\r")


def _read(source: Source, table: _Table, workspace: Workspace) -> _Pixels:
    """Write a table's pixels to disk, row by row; they lie memory-mapped."""
    target = workspace.folder / f"{table.entry.parts[-1][:40]}.raw".replace("/", "_")
    labels: list[int] = []
    width = math.prod(table.shape) + (table.label is not None)
    lines = _lines(source, table.entry)
    if table.is_header:
        next(lines)
    with target.open("wb") as file:
        for number, line in enumerate(lines, 1 + table.is_header):
            if not line.strip():
                continue
            values = _values(line, table, number, width)
            if table.label is not None:
                labels.append(int(values[table.label]))
                values = np.delete(values, table.label)
            if len(labels) > MOST_ROWS:
                raise _no_pixels(table.entry, f"it has more than {MOST_ROWS:,} rows")
            if values.min() < 0 or values.max() > 255:
                raise _no_pixels(table.entry, f"line {number:,} has values outside 0 to 255")
            file.write(values.astype(np.uint8).tobytes())
            if number % 1000 == 0:
                check_total(file.tell(), table.entry.size)
                workspace.report(f"Reading {table.entry.parts[-1]}", number, 0)
    if not labels:
        raise _no_pixels(table.entry, "it has no rows")
    images = np.memmap(target, np.uint8, "r", shape=(len(labels), *table.shape))
    return _Pixels(images, np.array(labels, np.int64))


def _values(line: str, table: _Table, number: int, width: int) -> NDArray[np.int64]:
    """Return the numbers of a line, whole ones."""
    cells = line.replace('"', "").split(table.separator)
    if len(cells) != width:
        raise _no_pixels(table.entry, f"line {number:,} has {len(cells):,} columns, not {width:,}")
    try:
        values = np.array(cells, np.float64)
    except ValueError:
        raise _no_pixels(table.entry, f"line {number:,} has something else than numbers") from None
    if not np.isfinite(values).all() or (values != np.floor(values)).any() or np.abs(values).max() > 2**31:
        raise _no_pixels(table.entry, f"line {number:,} has fractions or no numbers")
    return values.astype(np.int64)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _no_pixels(entry: Entry, why: str) -> CnnAppError:
    return CnnAppError(
        f"{entry.shown} is no table of pixels: {why}; expected a class and whole numbers from 0 to 255 in each row."
    )


def _told(used: dict[SplitName, _Table]) -> list[str]:
    return [
        f"Each row of {table.entry.shown} was read as a {table.shape[0]}×{table.shape[1]} image"
        f"{' in colour' if table.shape[2] == 3 else ''}, its class from column {(table.label or 0) + 1}."
        for table in used.values()
    ]


FORM = form_of_arrays("pixel-table", "tables of pixels", _find, _make)
