"""What folders and archives have in common: files by name, listed first, read later; nothing is ever unpacked."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from cnnapp.datasets.containers.encodings import Named
from cnnapp.datasets.containers.limits import Stream
from cnnapp.datasets.manifest import Skipped
from cnnapp.errors import CnnAppError

MOST_FILES = 200_000
LONGEST_PATH = 1024  # characters
DEEPEST_PATH = 32  # folders
MOST_FILE_BYTES = 128 * 1024**2  # one file; an image of 40 megapixels in three channels without compression
CHUNK = 1024**2


Progress = Callable[[int, int], None]
"""Hears how many bytes of how many were gone through; may raise to end it."""


class Entry(NamedTuple):
    """One regular file of a container."""

    parts: tuple[str, ...]  # of its path inside the container; a label to read, never a path to open
    size: int  # bytes, as announced
    key: Any  # what its container finds it by
    stamp: float = 0  # changes when the file does: its checksum or the time of its last change

    @property
    def shown(self) -> str:
        """Its path as plain text."""
        return shown("/".join(self.parts))


class Content(NamedTuple):
    """One file's bytes, or one sentence on why it could not be read."""

    entry: Entry
    data: bytes
    problem: str = ""


class Container(Protocol):
    """A folder or an archive."""

    skipped: list[Skipped]  # members that are no regular files with harmless names; filled by `entries`
    named: Named | None  # how an archive's names were read that do not say their encoding; filled by `entries`

    def entries(self) -> list[Entry]:
        """List the regular files; raises CnnAppError when the container is damaged or hostile."""
        ...

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read some of `entries`, in their order, each once; raises CnnAppError as `entries`."""
        ...

    def open(self, entry: Entry) -> AbstractContextManager[Stream]:
        """Open a file that may be too large for memory, to be read in pieces from its front.

        Raises:
            CnnAppError: as `entries`, there and while it is read.
        """
        ...


def plain_text(name: str) -> str:
    """Return a name that may come from anybody as text without what steers a screen or cannot be stored."""
    if name.isascii() and name.isprintable():  # nearly all are
        return name
    text = name.encode("utf-8", "replace").decode()
    return "".join("\ufffd" if unicodedata.category(character).startswith("C") else character for character in text)


def shown(name: str) -> str:
    """Return a file's name as plain text that can be stored and shown, shortened in the middle."""
    plain = plain_text(name)
    return plain if len(plain) <= 200 else f"{plain[:100]}…{plain[-99:]}"


def split_path(name: str) -> tuple[tuple[str, ...], str]:
    """Split a member's name into parts.

    Returns:
        The parts, and why the name is refused ("" when it is harmless).
    """
    if len(name) > LONGEST_PATH:
        return (), f"its path has more than {LONGEST_PATH:,} characters"
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:3] == ":/":
        return (), "its path is absolute"
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if ".." in parts:
        return (), "its path leads out of the archive (..)"
    if not parts or "\0" in name:
        return (), "it has no name"
    if len(parts) > DEEPEST_PATH:
        return (), f"it lies more than {DEEPEST_PATH} folders deep"
    return parts, ""


def check_number(count: int) -> None:
    """Raise CnnAppError when there are more members than anyone needs."""
    if count > MOST_FILES:
        raise CnnAppError(f"There are more than {MOST_FILES:,} files in it: split it into smaller data sets.")


def too_large(size: int) -> str:
    """Return why a file of `size` bytes is not read, "" if it is."""
    if size <= MOST_FILE_BYTES:
        return ""
    return f"it has {size / 1e6:,.0f} MB, more than the {MOST_FILE_BYTES / 1e6:,.0f} MB that one file may have"
