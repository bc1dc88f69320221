"""The pages of a Parquet column, walked by their headers before any library unpacks one (Thrift's compact protocol)."""

from typing import IO

from cnnapp.errors import CnnAppError

MOST_PAGE_BYTES = 128 * 1024**2  # unpacked; writers make pages of 1 MB, or of one large picture
MOST_PAGES = 500_000  # of a column's chunk
HEADER_BYTES = 64 * 1024
_DEEPEST = 8
_STOP, _BYTE, _DOUBLE, _BINARY, _STRUCT = 0, 3, 7, 8, 12
_BOOLS, _NUMBERS = (1, 2), (4, 5, 6)


class _BadHeaderError(Exception):
    """The bytes are no header of a page."""


def largest_page(file: IO[bytes], start: int, end: int, name: str) -> int:
    """Walk the pages between two places of a file; return the bytes of the largest one, unpacked.

    Raises:
        CnnAppError: a header is damaged, or a page is larger than any picture; `name` is the file's.
    """
    largest = 0
    for _ in range(MOST_PAGES):
        if start >= end:
            return largest
        file.seek(start)
        try:
            header = _Header(file.read(min(HEADER_BYTES, end - start)))
            unpacked, packed = header.numbers[2], header.numbers[3]
        except (_BadHeaderError, KeyError, IndexError):
            raise _damaged(name) from None
        if unpacked < 0 or packed < 0 or start + header.length + packed > end:
            raise _damaged(name)
        if unpacked > MOST_PAGE_BYTES:
            raise CnnAppError(
                f"{name} has a page of {unpacked / 1e6:,.0f} MB, more than the {MOST_PAGE_BYTES / 1e6:,.0f} MB that "
                "pictures need: write it again with smaller pages."
            )
        largest = max(largest, unpacked)
        start += header.length + packed
    raise CnnAppError(f"{name} has more than {MOST_PAGES:,} pages in one column: write it again with larger pages.")


class _Header:
    """A page's header: its numbers by field, and its length."""

    def __init__(self, data: bytes) -> None:
        self._data, self.length = data, 0
        self.numbers: dict[int, int] = {}
        self._struct(self.numbers, 0)

    def _struct(self, numbers: dict[int, int] | None, depth: int) -> None:
        if depth > _DEEPEST:
            raise _BadHeaderError
        field = 0
        while (head := self._byte()) & 0x0F != _STOP:
            field = field + (head >> 4) if head >> 4 else self._number()
            value = self._value(head & 0x0F, depth)
            if numbers is not None:
                numbers[field] = value

    def _value(self, kind: int, depth: int) -> int:
        """Go behind one value; return it if it is a number."""
        if kind in _NUMBERS:
            return self._number()
        if kind == _STRUCT:
            self._struct(None, depth + 1)
        elif kind == _BINARY:
            self._skip(self._varint())
        elif kind in (_BYTE, _DOUBLE):
            self._skip(1 if kind == _BYTE else 8)
        elif kind not in _BOOLS:  # lists and maps, which no page's header has
            raise _BadHeaderError
        return 0

    def _byte(self) -> int:
        self.length += 1
        return self._data[self.length - 1]

    def _skip(self, count: int) -> None:
        self.length += count
        if self.length > len(self._data):
            raise _BadHeaderError

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise _BadHeaderError

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _damaged(name: str) -> CnnAppError:
    return CnnAppError(f"{name} is damaged or cut short: copy, download or write it again.")
