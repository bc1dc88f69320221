"""Parquet files as a container: each row's picture is a file, read in batches of bounded size."""

import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp.datasets.containers import Container, Content, Entry, Stream
from cnnapp.datasets.containers.container import MOST_FILES, too_large
from cnnapp.datasets.containers.encodings import Named
from cnnapp.datasets.containers.limits import FREE_BYTES
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.sources.parquet_pages import largest_page
from cnnapp.errors import CnnAppError

MOST_FOOTER_BYTES = 8 * 1024**2
MOST_CHUNK_BYTES = 1024**3  # of one column in one row group, unpacked
MOST_COLUMNS, MOST_GROUPS = 200, 20_000
BATCH_BYTES, MOST_BATCH_ROWS = 64 * 1024**2, 1024
REPEATED = 4  # times that pictures may stand in a file on average, once in its dictionary
_MARK = b"PAR1"


class ParquetFile:
    """One file: its schema, and values of single columns."""

    def __init__(self, path: Path, entry: Entry) -> None:
        """Read the footer, within bounds.

        Raises:
            CnnAppError: it is damaged, encrypted, or has more rows or columns than anyone needs.
        """
        import pyarrow.parquet as pq

        self.entry, self._path = entry, path
        self.stamp = _check_footer(path, entry.shown)
        self._limits = {"thrift_string_size_limit": MOST_FOOTER_BYTES, "thrift_container_size_limit": 1_000_000}
        with self._told():
            self._file = pq.ParquetFile(path, buffer_size=1024**2, pre_buffer=False, **self._limits)
            self.schema = self._file.schema_arrow
            self._check()
            self.rows: int = self._file.metadata.num_rows
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
        for group in range(self._file.metadata.num_row_groups):
            count = self._file.metadata.row_group(group).num_rows
            batches = self._batches(group, name, batch_rows)
            while row is not None and row < start + count:
                first, values = next(batches, (count, ()))
                if not len(values):
                    raise _damaged(self.entry)
                while row is not None and row < start + first + len(values):
                    yield row, _value(values[row - start - first])
                    row = next(asked, None)
            start += count

    def sizes(self, name: str) -> Iterator[int]:
        """Tell about how many bytes each value of a leaf has: the average of its row group."""
        place, metadata = self._leaf(name), self._file.metadata
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            yield from [group.column(place).total_uncompressed_size // max(1, group.num_rows)] * group.num_rows

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
            place, metadata, largest = self._leaf(name), self._file.metadata, 1
            with self._path.open("rb") as file:
                for group in range(metadata.num_row_groups):
                    chunk = metadata.row_group(group).column(place)
                    largest = max(largest, largest_page(file, *_extent(chunk), self.entry.shown))
            self._batch_rows[name] = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES // largest))
        return self._batch_rows[name]

    def _leaf(self, name: str) -> int:
        schema = self._file.schema
        found = [place for place in range(len(schema.names)) if schema.column(place).path == name]
        if len(found) != 1 or schema.column(found[0]).max_repetition_level:
            raise CnnAppError(f"{self.entry.shown} has no column {name[:80]!r} with one value for each row.")
        return found[0]

    def _check(self) -> None:
        metadata, shown, size = self._file.metadata, self.entry.shown, self._path.stat().st_size
        if not 0 <= metadata.num_rows <= MOST_FILES:
            raise CnnAppError(f"{shown} has {metadata.num_rows:,} rows, more than {MOST_FILES:,}: use a part of it.")
        if metadata.num_columns > MOST_COLUMNS or metadata.num_row_groups > MOST_GROUPS:
            raise CnnAppError(
                f"{shown} has {metadata.num_columns:,} columns and {metadata.num_row_groups:,} row groups: expected "
                f"at most {MOST_COLUMNS} and {MOST_GROUPS:,}."
            )
        if not metadata.num_rows:
            raise CnnAppError(f"{shown} has no rows: expected one for each picture.")
        groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
        if any(group.num_rows < 0 for group in groups) or sum(g.num_rows for g in groups) != metadata.num_rows:
            raise _damaged(self.entry)
        for group in groups:
            if group.num_columns != metadata.num_columns:
                raise _damaged(self.entry)
            for place in range(group.num_columns):
                chunk = group.column(place)
                start, end = _extent(chunk)
                if start < len(_MARK) or end < start or end > size or chunk.total_uncompressed_size < 0:
                    raise _damaged(self.entry)
                if chunk.total_uncompressed_size > MOST_CHUNK_BYTES:
                    raise CnnAppError(
                        f"{shown} has a row group of {chunk.total_uncompressed_size / 1e6:,.0f} MB, more than "
                        f"{MOST_CHUNK_BYTES / 1e6:,.0f} MB: write it again with smaller row groups."
                    )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn whatever the library raises on damage into one sentence."""
        import pyarrow as pa

        try:
            yield
        except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, ArithmeticError, MemoryError):
            raise _damaged(self.entry) from None


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


def _extent(chunk: Any) -> tuple[int, int]:
    start = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        start = min(start, chunk.dictionary_page_offset)
    return start, start + chunk.total_compressed_size


def _check_footer(path: Path, shown: str) -> float:
    """Look at the footer before the library does; return a number that changes with it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 8))
        tail = file.read(8)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] == b"PARE":
            raise CnnAppError(f"{shown} is encrypted, which is not read: write it without encryption.")
        if tail[4:] != _MARK or not 0 < length <= size - 12:
            raise CnnAppError(f"{shown} is no Parquet file or is cut short: copy, download or write it again.")
        if length > MOST_FOOTER_BYTES:
            raise CnnAppError(
                f"{shown} has a footer of {length / 1e6:,.0f} MB, more than {MOST_FOOTER_BYTES / 1e6:,.0f} MB: write "
                "it again with larger row groups."
            )
        file.seek(size - 8 - length)
        return zlib.crc32(file.read(length))


def _damaged(entry: Entry) -> CnnAppError:
    return CnnAppError(f"{entry.shown} is damaged or cut short: copy, download or write it again.")
