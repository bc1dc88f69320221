"""Parquet files as a container: each row's picture is a file, read in batches of bounded size."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp.datasets.containers import Container, Content, Entry, Stream
from cnnapp.datasets.containers.container import plain_text, too_large
from cnnapp.datasets.containers.encodings import Named
from cnnapp.datasets.containers.limits import FREE_BYTES
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.sources.parquet_footer import MOST_FOOTER_BYTES, damaged, read_footer
from cnnapp.datasets.sources.parquet_pages import largest_page
from cnnapp.errors import CnnAppError

BATCH_BYTES, MOST_BATCH_ROWS = 64 * 1024**2, 1024
REPEATED = 4  # times that pictures may stand in a file on average, once in its dictionary


class ParquetFile:
    """One file: its schema, and values of single columns."""

    def __init__(self, path: Path, entry: Entry) -> None:
        """Read the footer, within bounds.

        Raises:
            CnnAppError: it is damaged, encrypted, or has more rows or columns than anyone needs.
        """
        import pyarrow.parquet as pq

        self.entry, self._path = entry, path
        self._footer = read_footer(path, entry.shown)
        self.rows, self.stamp = self._footer.rows, self._footer.stamp
        self._limits = {"thrift_string_size_limit": MOST_FOOTER_BYTES, "thrift_container_size_limit": 1_000_000}
        with self._told():
            self._file = pq.ParquetFile(path, buffer_size=1024**2, pre_buffer=False, **self._limits)
            self.schema = self._file.schema_arrow
        self._batch_rows: dict[str, int] = {}

    def column(self, name: str, wanted: Sequence[int] | None = None) -> Iterator[tuple[int, Any]]:
        """Give the values of a leaf column (`image.bytes`), row by row, with the row's number.

        Args:
            name: of the leaf.
            wanted: rows in their order; None: all.

        Raises:
            CnnAppError: the file is damaged, or a value cannot be within its page.
        """
        batch_rows, start, asked = self._rows_at_once(name), 0, iter(wanted if wanted is not None else range(self.rows))
        row = next(asked, None)
        for number, (count, _) in enumerate(self._footer.groups):
            batches = self._batches(number, name, batch_rows)
            while row is not None and row < start + count:
                first, values = next(batches, (count, ()))
                if not len(values):
                    raise damaged(self.entry.shown)
                while row is not None and row < start + first + len(values):
                    yield row, _value(values[row - start - first])
                    row = next(asked, None)
            start += count

    def sizes(self, name: str) -> Iterator[int]:
        """Tell about how many bytes each value of a leaf has: the average of its row group."""
        self._check_leaf(name)
        for rows, chunks in self._footer.groups:
            yield from [chunks[name].unpacked // max(1, rows)] * rows

    def _batches(self, group: int, name: str, rows: int) -> Iterator[tuple[int, Any]]:
        with self._told():
            first = 0
            for batch in self._file.iter_batches(rows, row_groups=[group], columns=[name], use_threads=False):
                column = batch.column(0)
                if "." in name:  # the struct has been read with this one field; its own nulls become the field's
                    column = column.flatten()[0]
                yield first, column
                first += len(column)

    def _rows_at_once(self, name: str) -> int:
        """Return how many rows may be unpacked together: no value is larger than its column's largest page."""
        if name not in self._batch_rows:
            self._check_leaf(name)
            largest = 1
            with self._path.open("rb") as file:
                for _, chunks in self._footer.groups:
                    chunk = chunks[name]
                    largest = max(largest, largest_page(file, chunk.start, chunk.end, self.entry.shown))
            self._batch_rows[name] = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES // largest))
        return self._batch_rows[name]

    def _check_leaf(self, name: str) -> None:
        schema = self._file.schema
        found = [place for place in range(len(schema.names)) if schema.column(place).path == name]
        fitting = len(found) == 1 and not schema.column(found[0]).max_repetition_level
        if not fitting or name not in self._footer.groups[0].chunks:
            raise CnnAppError(
                f"{self.entry.shown} has no column {plain_text(name)[:80]!r} with one value for each row."
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn whatever the library raises on damage into one sentence."""
        import pyarrow as pa

        try:
            yield
        except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, ArithmeticError, MemoryError):
            raise damaged(self.entry.shown) from None


class PictureColumn(NamedTuple):
    """A file and the leaf that holds its pictures' bytes."""

    file: ParquetFile
    leaf: str


class ParquetPictures(Container):
    """The pictures of some files, each called by its file and row."""

    def __init__(self, columns: Sequence[PictureColumn], skipped: list[Skipped]) -> None:
        self._columns, self.skipped = columns, skipped
        self.named: Named | None = None

    def entries(self) -> list[Entry]:
        """Return an entry for each row; sizes are estimated."""
        return [
            Entry((*file.entry.parts, f"row {row + 1}"), size, (place, row), file.stamp)
            for place, (file, leaf) in enumerate(self._columns)
            for row, size in enumerate(file.sizes(leaf))
        ]

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read pictures, in the order of `entries`."""
        for place, group in groupby(sorted(wanted, key=lambda entry: entry.key), key=lambda entry: entry.key[0]):
            file, leaf = self._columns[place]
            entries = {entry.key[1]: entry for entry in group}
            left = max(FREE_BYTES, REPEATED * sum(file.sizes(leaf)))
            for row, value in file.column(leaf, list(entries)):
                left -= len(value or b"")
                if left < 0:
                    raise CnnAppError(
                        f"{file.entry.shown} unpacks to more than {REPEATED} times the bytes that it announces, as a "
                        "bomb does: write it again without a dictionary."
                    )
                yield _content(entries[row], value)

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Stream]:
        """Open one picture."""
        content = next(self.read([entry]))
        yield Stream(io.BytesIO(content.data).read, entry.shown)


def _content(entry: Entry, value: Any) -> Content:
    if not isinstance(value, bytes):
        return Content(entry, b"", "its row holds no picture, or only the path of one")
    reason = too_large(len(value))
    return Content(entry, b"" if reason else value, reason)


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):  # text that is no UTF-8, a time that no calendar has
        return None
