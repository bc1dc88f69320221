"""Thrift's compact protocol, read in plain Python: Parquet's headers, looked at before a library does."""

from typing import Any

_STOP, _BYTE, _DOUBLE, _BINARY, _STRUCT = 0, 3, 7, 8, 12
_TRUE, _FALSE = 1, 2
_NUMBERS, _LISTS = (4, 5, 6), (9, 10)
_DEEPEST = 12


class ThriftError(Exception):
    """The bytes are none of this protocol."""


class ThriftReader:
    """Reads one structure from the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.length = 0  # bytes read so far

    def read_struct(self, depth: int = 0) -> dict[int, Any]:
        """Return the fields by their numbers: whole numbers, bytes, lists, structures; maps are refused.

        Raises:
            ThriftError: it is cut short, too deep, or none.
        """
        if depth > _DEEPEST:
            raise ThriftError
        fields: dict[int, Any] = {}
        field = 0
        while (head := self._byte()) & 0x0F != _STOP:
            field = field + (head >> 4) if head >> 4 else self._number()
            kind = head & 0x0F
            fields[field] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _NUMBERS:
            return self._number()
        if kind == _STRUCT:
            return self.read_struct(depth + 1)
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in (_BYTE, _DOUBLE):
            return self._bytes(1 if kind == _BYTE else 8)
        if kind in _LISTS:
            return self._list(depth + 1)
        raise ThriftError

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if depth > _DEEPEST or count > len(self._data) - self.length:  # each element has a byte at least
            raise ThriftError
        kind = head & 0x0F
        if kind in (_TRUE, _FALSE):
            return [self._byte() == _TRUE for _ in range(count)]
        return [self._value(kind, depth) for _ in range(count)]

    def _byte(self) -> int:
        self.length += 1
        if self.length > len(self._data):
            raise ThriftError
        return self._data[self.length - 1]

    def _bytes(self, count: int) -> bytes:
        self.length += count
        if self.length > len(self._data):
            raise ThriftError
        return self._data[self.length - count : self.length]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ThriftError

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
