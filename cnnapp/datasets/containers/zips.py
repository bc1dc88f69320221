"""Zip archives: their names decoded, their members read one by one, bombs and tricks refused."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from cnnapp.datasets.containers.container import Content, Entry, check_number, shown, split_path, too_large
from cnnapp.datasets.containers.encodings import Named, chosen_encoding, decode_name, find_encoding
from cnnapp.datasets.containers.limits import DAMAGE, Stream, check_total, damage_of, plain_damage
from cnnapp.datasets.manifest import Skipped
from cnnapp.errors import CnnAppError

MOST_DIRECTORY_BYTES = 32 * 1024**2  # of the list of members, which zipfile reads whole
_LOCAL_HEADER = 30  # bytes before a member's name (APPNOTE 4.3.7)
_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8 (APPNOTE 4.6.9)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes to be unpacked
_METHOD_NAMES = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 94: "MP3", 95: "xz", 98: "PPMd"}
_METHOD_NAMES |= {1: "shrinking", 6: "imploding", 96: "JPEG", 97: "WavPack", 99: "AES encryption"}


class Zip:
    """The files of a zip archive."""

    def __init__(self, file: IO[bytes], size: int, encoding: str = "") -> None:
        with plain_damage():
            self._archive = zipfile.ZipFile(_BoundedReads(file, MOST_DIRECTORY_BYTES))
        self._size = size
        self._chosen = chosen_encoding(encoding)
        self.skipped: list[Skipped] = []
        self.named: Named | None = None  # how names were read that do not say it; filled by `entries`

    def entries(self) -> list[Entry]:
        """List the regular files in the order in which they lie in the archive."""
        members = sorted(self._archive.infolist(), key=lambda member: member.header_offset)
        check_number(len(members))
        _check_overlap(members)
        check_total(sum(member.file_size for member in members), self._size)
        self.skipped.clear()
        found = []
        for member, name in zip(members, self._names(members), strict=True):
            parts, reason = split_path(name)
            if member.is_dir() and not reason:
                continue
            if reason := reason or _refusal(member):
                self.skipped.append(Skipped(file=shown(name), reason=reason))
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

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Stream]:
        """Open a file to be read in pieces from its front."""
        with damage_of(entry.shown):
            file = self._archive.open(entry.key)
        with file:
            yield Stream(file.read, entry.shown)

    def _names(self, members: Sequence[zipfile.ZipInfo]) -> list[str]:
        """Return the members' names; those that say no encoding are decoded all alike."""
        said = [_said_name(member) for member in members]
        raw = [member.orig_filename.encode("cp437") for member, name in zip(members, said, strict=True) if not name]
        self.named = find_encoding(raw, self._chosen)
        unsaid = iter(raw)
        return [name or decode_name(next(unsaid), self.named.encoding) for name in said]


class _BoundedReads:
    """A file that refuses to be read in one piece larger than a list of members needs to be."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._most = file, most
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise CnnAppError("The archive's list of files is too long: split it into smaller archives.")
        return self._file.read(size)


def _said_name(member: zipfile.ZipInfo) -> str:
    """Return a name whose encoding the archive says, "" for others."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    return _unicode_path(member) if member.extra else ""


def _unicode_path(member: zipfile.ZipInfo) -> str:
    """Return the name in the member's extra field, if it belongs to the name outside."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            same = struct.unpack_from("<I", field, 1)[0] == zlib.crc32(member.orig_filename.encode("cp437"))
            return field[5:].decode("utf-8", "replace") if same else ""
    return ""


def _refusal(member: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link; links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is no regular file"
    if member.flag_bits & _ENCRYPTED:
        return "it is encrypted; pack it again without a password"
    if member.compress_type in _METHODS:
        return ""
    method = _METHOD_NAMES.get(member.compress_type, f"method {member.compress_type}")
    return f"it is compressed with {method}, which is not read; pack it again with deflate, as zip does by itself"


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
