"""A table of labels, as CSV or with other separators: its columns, read row by row within bounds."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.containers.container import plain_text
from cnnapp.datasets.reading.source import Source
from cnnapp.errors import CnnAppError

SUFFIXES = (".csv", ".tsv", ".txt", ".psv")
MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 32 * 1024**2, 1_000_000, 200
_SEPARATORS = ",;\t|"
_LOOKED_AT = 20  # lines, for the separator
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class Table(NamedTuple):
    """The text of a table, cut into cells each time that it is gone through."""

    entry: Entry
    text: str
    separator: str
    width: int  # columns of its first row
    notices: tuple[str, ...] = ()

    def rows(self) -> Iterator[list[str]]:
        """Give all rows, without empty ones, each cut or filled up to `width` cells.

        Raises:
            CnnAppError: it has more rows than anyone needs, or is no table.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, skipinitialspace=True)
        try:
            for number, row in enumerate(reader):
                if number > MOST_ROWS:
                    raise CnnAppError(
                        f"{self.entry.shown} has more than {MOST_ROWS:,} rows: split it into smaller data sets."
                    )
                if row:
                    yield [cell.strip() for cell in row[: self.width]] + [""] * (self.width - len(row))
        except csv.Error:
            raise CnnAppError(
                f"{self.entry.shown} is no table of rows and columns (line {reader.line_num:,}): save it again as CSV."
            ) from None


def open_table(source: Source, entry: Entry) -> Table:
    """Read a small table and find its separator.

    Raises:
        CnnAppError: it cannot be read, or has less than two columns or more than anyone needs.
    """
    text, notices = _decode(source.read_one(entry, MOST_BYTES), entry)
    lines = [line for line in text[:65536].splitlines()[:_LOOKED_AT] if line.strip()]
    separator = max(_SEPARATORS, key=lambda mark: min((line.count(mark) for line in lines), default=0))
    if not lines or separator not in lines[0] or "\0" in text:
        raise CnnAppError(f"{entry.shown} is no table: expected columns with commas, semicolons, tabs or | between.")
    table = Table(entry, text, separator, MOST_COLUMNS + 1, notices)
    first = next(csv.reader([lines[0]], delimiter=separator), [])
    if len(first) > MOST_COLUMNS:
        raise CnnAppError(f"{entry.shown} has more than {MOST_COLUMNS} columns: expected files and their classes.")
    return table._replace(width=len(first))


def heading(cells: list[str], *, is_header: bool) -> list[str]:
    """Name the columns: by the header, or by their places where there is none or a name is empty or there twice."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(plain_text(cell).split())[:80] if is_header else ""
        names.append(name if name and name not in names else f"column {place}")
    return names


def _decode(data: bytes, entry: Entry) -> tuple[str, tuple[str, ...]]:
    encoding = next((name for mark, name in _BOMS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        told = f"{entry.shown} is not in UTF-8; it was read as Windows-1252."
        return data.decode("cp1252", "replace"), (told,)
