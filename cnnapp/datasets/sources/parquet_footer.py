"""A Parquet file's footer, read before the library does: its own reader ends the process on some damage."""

import zlib
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp.datasets.containers.container import MOST_FILES
from cnnapp.datasets.sources.thrift import ThriftError, ThriftReader
from cnnapp.errors import CnnAppError

MOST_FOOTER_BYTES = 8 * 1024**2
MOST_CHUNK_BYTES = 1024**3  # of one column in one row group, unpacked
MOST_COLUMNS, MOST_GROUPS = 200, 20_000
MARK, _ENCRYPTED = b"PAR1", b"PARE"


class Chunk(NamedTuple):
    """The pages of one column in one row group."""

    start: int  # places in the file
    end: int
    unpacked: int  # bytes


class Group(NamedTuple):
    """Some rows."""

    rows: int
    chunks: dict[str, Chunk]  # by the column's path: `image.bytes`


class Footer(NamedTuple):
    """What a file says of itself."""

    groups: tuple[Group, ...]
    stamp: int  # changes with it

    @property
    def rows(self) -> int:
        """Rows of all groups."""
        return sum(group.rows for group in self.groups)


def read_footer(path: Path, shown: str) -> Footer:
    """Read a file's footer; `shown` is what the file is called.

    Raises:
        CnnAppError: it is damaged or encrypted, or announces more than anyone needs.
    """
    data, size = _footer_bytes(path, shown)
    try:
        fields = ThriftReader(data).read_struct()
        groups = tuple(_group(group) for group in _list(fields[4]))
        rows, columns = int(fields[3]), max((len(group.chunks) for group in groups), default=0)
    except (ThriftError, LookupError, TypeError, ValueError):  # fields of other kinds than the format's
        raise damaged(shown) from None
    _check_numbers(rows, columns, len(groups), shown)
    for group in groups:
        if group.rows < 0 or group.chunks.keys() != groups[0].chunks.keys():
            raise damaged(shown)
        for chunk in group.chunks.values():
            _check_chunk(chunk, size, shown)
    footer = Footer(groups, zlib.crc32(data))
    if footer.rows != rows:
        raise damaged(shown)
    return footer


def damaged(shown: str) -> CnnAppError:
    """Return the error for a file that is not as it says."""
    return CnnAppError(f"{shown} is damaged or cut short: copy, download or write it again.")


def _footer_bytes(path: Path, shown: str) -> tuple[bytes, int]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 8))
        tail = file.read(8)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] == _ENCRYPTED:
            raise CnnAppError(f"{shown} is encrypted, which is not read: write it without encryption.")
        if tail[4:] != MARK or not 0 < length <= size - 12:
            raise CnnAppError(f"{shown} is no Parquet file or is cut short: copy, download or write it again.")
        if length > MOST_FOOTER_BYTES:
            raise CnnAppError(
                f"{shown} has a footer of {length / 1e6:,.0f} MB, more than {MOST_FOOTER_BYTES / 1e6:,.0f} MB: write "
                "it again with larger row groups."
            )
        file.seek(size - 8 - length)
        return file.read(length), size


def _check_numbers(rows: int, columns: int, groups: int, shown: str) -> None:
    if rows == 0:
        raise CnnAppError(f"{shown} has no rows: expected one for each picture.")
    if not 0 < rows <= MOST_FILES:
        raise CnnAppError(f"{shown} has {rows:,} rows, more than {MOST_FILES:,}: use a part of it.")
    if columns > MOST_COLUMNS or groups > MOST_GROUPS:
        raise CnnAppError(
            f"{shown} has {columns:,} columns and {groups:,} row groups: expected at most {MOST_COLUMNS} and "
            f"{MOST_GROUPS:,}."
        )


def _check_chunk(chunk: Chunk, size: int, shown: str) -> None:
    if not len(MARK) <= chunk.start <= chunk.end <= size or chunk.unpacked < 0:
        raise damaged(shown)
    if chunk.unpacked > MOST_CHUNK_BYTES:
        raise CnnAppError(
            f"{shown} has a row group of {chunk.unpacked / 1e6:,.0f} MB, more than {MOST_CHUNK_BYTES / 1e6:,.0f} MB: "
            "write it again with smaller row groups."
        )


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ThriftError
    return value


def _group(fields: Any) -> Group:
    chunks: dict[str, Chunk] = {}
    for column in _list(fields[1]):
        known = column[3]
        path = b".".join(known[3]).decode()
        if 1 in column or path in chunks:  # its pages would lie in another file
            raise ThriftError
        chunks[path] = _chunk(known)
    return Group(int(fields[3]), chunks)


def _chunk(fields: Any) -> Chunk:
    start = int(fields[9])
    if 0 < int(fields.get(11, 0)) < start:
        start = int(fields[11])
    return Chunk(start, start + int(fields[7]), int(fields[6]))
