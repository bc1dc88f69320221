"""A single file that holds a whole set (arrays, a table), as a container of one entry."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from cnnapp.datasets.containers.container import MOST_FILE_BYTES, Content, Entry, too_large
from cnnapp.datasets.containers.encodings import Named
from cnnapp.datasets.containers.limits import Stream
from cnnapp.datasets.manifest import Skipped


class SingleFile:
    """The file itself, under its name."""

    def __init__(self, file: IO[bytes], size: int, name: str) -> None:
        self._file, self._size, self._name = file, size, name
        self.skipped: list[Skipped] = []
        self.named: Named | None = None

    def entries(self) -> list[Entry]:
        """Return the one file."""
        return [Entry((self._name,), self._size, 0)]

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Stream]:
        """Open the file to be read in pieces from its front."""
        self._file.seek(0)
        yield Stream(self._file.read, entry.shown)

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read the file whole, if it is not too large; forms of large files read it by its path."""
        for entry in wanted:
            reason = too_large(entry.size)
            self._file.seek(0)
            yield Content(entry, b"" if reason else self._file.read(MOST_FILE_BYTES), reason)
