"""Zip archives: their names decoded, their members read one by one, bombs and tricks refused."""

import stat
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from cnnapp.datasets.containers.container import Content, Entry, check_number, shown, split_path, too_large
from cnnapp.datasets.containers.limits import DAMAGE, check_total, plain_damage
from cnnapp.datasets.manifest import Skipped
from cnnapp.errors import CnnAppError

MOST_DIRECTORY_BYTES = 32 * 1024**2  # of the list of members, which zipfile reads whole
_LOCAL_HEADER = 30  # bytes before a member's name (APPNOTE 4.3.7)
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes to be unpacked


class Zip:
    """The files of a zip archive."""

    def __init__(self, file: IO[bytes], size: int, encoding: str = "") -> None:
        with plain_damage():
            self._archive = zipfile.ZipFile(_BoundedReads(file))
        self._size, self._encoding = size, encoding
        self.skipped: list[Skipped] = []

    def entries(self) -> list[Entry]:
        """List the regular files in the order in which they lie in the archive."""
        members = sorted(self._archive.infolist(), key=lambda member: member.header_offset)
        check_number(len(members))
        _check_overlap(members)
        check_total(sum(member.file_size for member in members), self._size)
        self.skipped.clear()
        found = []
        for member in members:
            parts, reason = split_path(member.filename)
            if member.is_dir() and not reason:
                continue
            if reason := reason or _refusal(member):
                self.skipped.append(Skipped(file=shown(member.filename), reason=reason))
            else:
                found.append(Entry(parts, member.file_size, member, member.CRC))
        return found

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read the files in the order given; each one's CRC is checked."""
        for entry in wanted:
            if reason := too_large(entry.size):
                yield Content(entry, b"", reason)
                continue
            try:
                with self._archive.open(entry.key) as file:
                    data = file.read(entry.size + 1)
            except DAMAGE:
                yield Content(entry, b"", "it is damaged inside the archive")
            else:
                yield Content(entry, data)


class _BoundedReads:
    """A file that refuses to be read in one piece larger than a list of members needs to be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY_BYTES:
            raise CnnAppError("The archive's list of files is too long: split it into smaller archives.")
        return self._file.read(size)


def _refusal(member: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link; links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is no regular file"
    if member.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    return "" if member.compress_type in _METHODS else "it is compressed in a way that is not read; use deflate"


def _check_overlap(members: list[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes: a small archive of those unpacks to petabytes (Fifield, WOOT 2019).

    Args:
        members: in the order in which they lie in the archive.
    """
    end = 0
    for member in members:
        if member.header_offset < end:
            raise CnnAppError("The files in the archive overlap, as in a zip bomb: pack them again.")
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
