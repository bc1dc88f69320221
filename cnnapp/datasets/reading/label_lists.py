"""Lists of labels beside a split's pictures, as Tiny ImageNet's `val_annotations.txt`: file, class, other columns."""

import re
from collections.abc import Collection, Sequence

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.source import Source
from cnnapp.errors import CnnAppError

MOST_BYTES = 16 * 1024**2
LEAST_SHARE = 0.9  # of the pictures must be listed
_LISTS = (".txt", ".csv", ".tsv")


def lists_of(folder: tuple[str, ...], others: Sequence[Entry]) -> list[Entry]:
    """Return the files that may list the labels of a folder's pictures: inside it, or beside it under its name."""
    return [
        entry
        for entry in others
        if entry.parts[-1].lower().endswith(_LISTS)
        and entry.size <= MOST_BYTES
        and (
            entry.parts[: len(folder)] == folder
            or (entry.parts[:-1] == folder[:-1] and entry.parts[-1].lower().startswith(folder[-1].lower()))
        )
    ]


def labels_of_list(
    source: Source, listing: Entry, images: Sequence[Entry], classes: Collection[str]
) -> dict[Entry, str]:
    """Read a list of files and classes; empty unless it gives nearly all pictures one of the classes.

    Args:
        source: holds the list.
        listing: the list.
        images: the pictures without a class.
        classes: folded names of the set's classes.
    """
    try:
        text = source.read_one(listing, MOST_BYTES).decode("utf-8", "replace")
    except CnnAppError:
        return {}
    by_name = {entry.parts[-1]: entry for entry in images}
    head, *rest = [_cells(line) for line in text.splitlines() if line.strip()] or [[]]
    rows = [(file, cells) for cells in (head, *rest) if (file := _file_in(cells, by_name)) is not None]
    if len(rows) < LEAST_SHARE * len(images):
        return {}
    column = _label_column(head, [cells for _, cells in rows], classes)
    return {file: cells[column] for file, cells in rows} if column is not None else {}


def _cells(line: str) -> list[str]:
    between = next((mark for mark in "\t,;" if mark in line), None)
    return [cell.strip().strip('"') for cell in line.split(between)]


def _file_in(cells: list[str], by_name: dict[str, Entry]) -> Entry | None:
    return next((by_name[name] for cell in cells if (name := cell.rpartition("/")[2]) in by_name), None)


def _label_column(head: list[str], rows: list[list[str]], classes: Collection[str]) -> int | None:
    """Return the column that holds a class in every row; of several the one whose head says so."""
    width = min(map(len, rows))
    columns = [column for column in range(width) if all(fold(cells[column]) in classes for cells in rows)]
    named = [column for column in columns if re.search("class|label|categor", head[column], re.IGNORECASE)]
    fitting = named if len(columns) > 1 else columns
    return fitting[0] if len(fitting) == 1 else None
