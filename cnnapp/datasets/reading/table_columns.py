"""Which column of a table names the pictures, which one their classes, which one their splits."""

import re
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.class_folders import MOST_CLASSES
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.table_files import Pictures
from cnnapp.datasets.reading.tables import Table, heading
from cnnapp.datasets.reading.words import meaning_of, words_of
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture

LEAST_ROWS = 4
LEAST_SHARE = 0.5  # of the table's rows or of all pictures that must fit
HOPELESS_CELLS = 50_000  # looked at without finding a picture's name: the table is of something else
MOST_VALUES = MOST_CLASSES + 1  # of a column, counted
_LABELS = {"label", "labels", "class", "classes", "category", "target", "breed", "species", "diagnosis", "dx"}
_LABELS |= {"classname", "labelname", "variety", "genus", "level", "grade"}
_SPLITS = {"split", "set", "subset", "partition", "usage", "phase", "dataset"}
_FRACTION = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?|nan|inf", re.IGNORECASE)


class Columns(NamedTuple):
    """A table whose rows name pictures, by places of columns."""

    table: Table
    names: list[str]
    is_header: bool  # the first row
    file: int
    labels: list[int]  # columns that may hold the class, the likeliest first
    sure: bool  # the first of them is the one
    split: int | None
    files: int  # pictures that its rows name

    @property
    def role(self) -> str:
        """The split that the table's own name speaks of, "" if none."""
        meaning = meaning_of(self.table.entry.parts[-1].rpartition(".")[0])
        return meaning.role if meaning is not None and meaning.role != "unlabelled" else ""


class _Column:
    """What is counted of one column."""

    def __init__(self) -> None:
        self.files: set[Entry] = set()
        self.values: dict[str, int] = {}  # at most `MOST_VALUES`
        self.fractions = 0

    def may_be_label(self) -> bool:
        twice = sum(count > 1 for count in self.values.values())
        return twice > 1 and len(self.values) < MOST_VALUES and not self.fractions

    def is_split(self) -> bool:
        meanings = [meaning_of(value) for value in self.values]
        return 1 < len(meanings) < 10 and all(found is not None and found.rank < 2 for found in meanings)


def find_columns(table: Table, pictures: Pictures, number: int, choices: Choices) -> Columns | None:
    """Look through a table for columns of files and classes; None if its rows name no pictures with classes.

    Args:
        table: any table.
        pictures: of the source.
        number: of pictures.
        choices: may name the columns.

    Raises:
        CnnAppError: a chosen column is not there.
    """
    counted, first, rows = _count(table, pictures)
    place = max(range(table.width), key=lambda column: len(counted[column].files), default=0)
    is_header = not (pictures.candidates(first[place]) or is_called_picture(first[place]))
    names = heading(first, is_header=is_header)
    if not is_header:
        _count_values(counted, first)
    if choices.file_column:
        place = _chosen(choices.file_column, names)
    files = len(counted[place].files)
    if files < LEAST_ROWS or files < LEAST_SHARE * min(rows - is_header, number):
        return None
    others = [column for column in range(table.width) if column != place and counted[column].may_be_label()]
    split = next((c for c in others if is_header and _says(names[c], _SPLITS) and counted[c].is_split()), None)
    likely = sorted((c for c in others if c != split), key=lambda c: _rank(names[c], counted[c]))
    sure = len(likely) == 1 or (len(likely) > 1 and _rank(names[likely[0]], counted[likely[0]])[0] == 0)
    if choices.label_column:
        chosen = _chosen(choices.label_column, names)
        likely, sure = [chosen, *(column for column in likely if column != chosen)], True
    return Columns(table, names, is_header, place, likely, sure, split, files) if likely or choices.label_file else None


def _count(table: Table, pictures: Pictures) -> tuple[list[_Column], list[str], int]:
    """Go through a table once, no further than there is hope; return its columns, first row and number of rows."""
    counted, first, rows = [_Column() for _ in range(table.width)], [""] * table.width, 0
    for rows, row in enumerate(table.rows(), 1):
        for column, cell in zip(counted, row, strict=True):
            if cell:
                column.files.update(pictures.candidates(cell)[:1])
        if rows == 1:
            first = row
        else:
            _count_values(counted, row)
        if rows * table.width > HOPELESS_CELLS and not any(column.files for column in counted):
            break
    return counted, first, rows


def _count_values(columns: list[_Column], row: list[str]) -> None:
    for column, cell in zip(columns, row, strict=True):
        key = fold(cell)
        if key and (key in column.values or len(column.values) < MOST_VALUES):
            column.values[key] = column.values.get(key, 0) + 1
            column.fractions += bool(_FRACTION.fullmatch(key))


def _says(name: str, words: set[str]) -> bool:
    own = words_of(name)
    return "".join(own) in words or any(word in words for word in own)


def _rank(name: str, column: _Column) -> tuple[int, int, int]:
    """Columns called a class come first, of these the ones with texts, of these those with fewer values."""
    numbers = all(value.isdigit() for value in column.values)
    return int(not _says(name, _LABELS)), int(numbers), len(column.values)


def _chosen(name: str, names: list[str]) -> int:
    found = next((place for place, own in enumerate(names) if fold(own) == fold(name)), None)
    if found is None:
        raise CnnAppError(
            f"The table has no column {name[:80]!r}: expected one of {', '.join(own[:40] for own in names[:12])}."
        )
    return found
