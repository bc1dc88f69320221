"""A folder of the server as a container."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cnnapp.datasets.containers.container import DEEPEST_PATH, MOST_FILE_BYTES, Content, Entry, check_number, too_large
from cnnapp.datasets.containers.container import shown as as_text
from cnnapp.datasets.containers.encodings import Named
from cnnapp.datasets.containers.limits import Stream, damage_of
from cnnapp.datasets.manifest import Skipped


class Folder:
    """The files below a folder of the server; links are neither followed nor read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.skipped: list[Skipped] = []
        self.named: Named | None = None  # the system says

    def entries(self) -> list[Entry]:
        """List the regular files, sorted by name folder by folder."""
        found: list[Entry] = []
        self.skipped.clear()
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            folder = waiting.pop()
            below = []
            for item in self._scan(folder):
                parts = (*folder, item.name)
                if item.is_dir(follow_symlinks=False):
                    below.append(parts)
                elif reason := _refusal(item):
                    self._skip(parts, reason)
                else:
                    facts = item.stat(follow_symlinks=False)
                    found.append(Entry(parts, facts.st_size, parts, facts.st_mtime_ns))
                check_number(len(found) + len(self.skipped))
            waiting += reversed(below)
        return found

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read the files in the order given."""
        for entry in wanted:
            if reason := too_large(entry.size):
                yield Content(entry, b"", reason)
                continue
            try:
                yield Content(entry, _read_regular(self._root.joinpath(*entry.key)))
            except OSError as error:
                yield Content(entry, b"", f"it cannot be read ({error.strerror})")

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Stream]:
        """Open a file to be read in pieces from its front."""
        with damage_of(entry.shown):
            file = _open_regular(self._root.joinpath(*entry.key))
        with file:
            yield Stream(file.read, entry.shown)

    def _scan(self, folder: tuple[str, ...]) -> list[os.DirEntry[str]]:
        if len(folder) > DEEPEST_PATH:
            self._skip(folder, f"it lies more than {DEEPEST_PATH} folders deep")
            return []
        try:
            with os.scandir(self._root.joinpath(*folder)) as items:
                return sorted(items, key=lambda item: item.name)
        except OSError as error:
            self._skip(folder, f"the folder cannot be read ({error.strerror})")
            return []

    def _skip(self, parts: tuple[str, ...], reason: str) -> None:
        self.skipped.append(Skipped(file=as_text("/".join(parts)), reason=reason))


def _refusal(item: os.DirEntry[str]) -> str:
    if item.is_symlink():
        return "it is a link; links are not followed"
    return "" if item.is_file(follow_symlinks=False) else "it is no regular file"


def _read_regular(path: Path) -> bytes:
    with _open_regular(path) as file:
        return file.read(MOST_FILE_BYTES)


def _open_regular(path: Path) -> IO[bytes]:
    # A link or a pipe may have taken the place of the file since it was listed.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise OSError(0, "no longer a regular file")
    return file
