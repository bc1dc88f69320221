"""Tar archives: walked from the front, links resolved inside, never outside."""

import gzip
import tarfile
from collections.abc import Iterator, Sequence
from typing import IO

from cnnapp.datasets.containers.container import CHUNK, Content, Entry, check_number, shown, split_path, too_large
from cnnapp.datasets.containers.limits import check_total, plain_damage
from cnnapp.datasets.manifest import Skipped
from cnnapp.errors import CnnAppError


class Tar:
    """The files of a tar archive, gzipped or not; read from the front in every pass."""

    def __init__(self, file: IO[bytes], size: int, *, gzipped: bool) -> None:
        self._file, self.size, self._gzipped = file, size, gzipped
        self.skipped: list[Skipped] = []

    def entries(self) -> list[Entry]:
        """List the regular files in the archive's order."""
        self.skipped.clear()
        found = []
        for number, (member, _) in enumerate(self._walk()):
            check_number(number)
            parts, reason = split_path(member.name)
            if member.isdir() and not reason:
                continue
            if reason := reason or _refusal(member):
                self.skipped.append(Skipped(file=shown(member.name), reason=reason))
            else:
                found.append(Entry(parts, member.size, number, member.mtime))
        return found

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read the files in the archive's order; ends behind the last one."""
        by_number = {entry.key: entry for entry in wanted}
        if not by_number:
            return
        last = max(by_number)
        for number, (member, stream) in enumerate(self._walk()):
            entry = by_number.get(number)
            if entry is not None:
                reason = too_large(entry.size)
                yield Content(entry, b"", reason) if reason else Content(entry, stream.take(member))
            if number == last:
                return

    def _walk(self) -> "Iterator[tuple[tarfile.TarInfo, _Forward]]":
        self._file.seek(0)
        source = gzip.GzipFile(fileobj=self._file) if self._gzipped else self._file
        stream = _Forward(source, self.size)
        with plain_damage():
            archive = tarfile.TarFile(fileobj=stream)  # type: ignore[arg-type]
        while (member := _next(archive)) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # else 200,000 of them stay in memory
            yield member, stream
        if stream.header.strip(b"\0"):
            raise CnnAppError("The archive is damaged in the middle: copy, download or pack it again.")


class _Forward:
    """A stream that is read once, forwards, in pieces, and counts what comes out of it."""

    def __init__(self, source: IO[bytes] | gzip.GzipFile, packed: int) -> None:
        self._source, self._packed = source, packed
        self._position = 0
        self.header = b""  # the last block that was read as a member's header

    def tell(self) -> int:
        return self._position

    def seek(self, position: int) -> int:
        if position < self._position:
            raise ValueError("archives are read forwards only")
        while self._position < position:
            if not self._piece(min(CHUNK, position - self._position)):
                break
        return self._position

    def read(self, size: int) -> bytes:
        """Read what tarfile asks for besides files: headers and extended names, which are short."""
        if not 0 <= size <= CHUNK:
            raise ValueError("an extended header of more than a megabyte")
        data = self._piece(size)
        if size == tarfile.BLOCKSIZE:
            self.header = data
        return data

    def take(self, member: tarfile.TarInfo) -> bytes:
        """Read one member's bytes; the stream stands before them."""
        with plain_damage():
            self.seek(member.offset_data)
            pieces, left = [], member.size
            while left:
                piece = self._piece(min(CHUNK, left))
                if not piece:
                    raise EOFError
                pieces.append(piece)
                left -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        data = self._source.read(size)
        self._position += len(data)
        check_total(self._position, self._packed)
        return data


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    with plain_damage():
        return archive.next()


def _refusal(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "it is a link; links are not followed"
    regular = member.isreg() and not member.issparse() and member.size >= 0
    return "" if regular else "it is no regular file"
