"""Tar archives: walked from the front, links resolved inside, never outside."""

import gzip
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple

from cnnapp.datasets.containers.container import (
    CHUNK,
    Content,
    Entry,
    Progress,
    check_number,
    shown,
    split_path,
    too_large,
)
from cnnapp.datasets.containers.encodings import Named, chosen_encoding, decode_name, find_encoding
from cnnapp.datasets.containers.limits import Stream, check_total, plain_damage
from cnnapp.datasets.manifest import Skipped
from cnnapp.errors import CnnAppError

FOLDER = "it is a folder"
NO_TARGET = "it is a hard link to a file that does not stand before it in the archive"


class Tar:
    """The files of a tar archive, gzipped or not; read from the front in every pass."""

    def __init__(
        self, file: IO[bytes], size: int, *, gzipped: bool, encoding: str = "", progress: Progress | None = None
    ) -> None:
        self._file, self.size, self._gzipped, self._progress = file, size, gzipped, progress
        self._chosen = chosen_encoding(encoding)
        self.skipped: list[Skipped] = []
        self.named: Named | None = None

    def entries(self) -> list[Entry]:
        """List the regular files in the archive's order; a hard link stands behind the file that it names."""
        self.skipped.clear()
        listed = []
        for number, (member, _) in enumerate(self._walk()):
            check_number(number)
            if self._progress is not None:
                self._progress(self._file.tell(), self.size)
            target = member.linkname if member.islnk() else ""
            listed.append(_Listed(member.name, member.size, member.mtime, target, _refusal(member)))
        self._decode(listed)
        files: dict[tuple[str, ...], Entry] = {}  # of every name the last file so far, for the links behind it
        found = []
        for number, (name, size, stamp, target, refusal) in enumerate(listed):
            parts, reason = split_path(name)
            if refusal == FOLDER and not reason:
                continue
            linked = files.get(split_path(target)[0]) if target else None
            if reason := reason or refusal or (NO_TARGET if target and linked is None else ""):
                self.skipped.append(Skipped(file=shown(name), reason=reason))
                continue
            entry = Entry(parts, size, (number, number), stamp)
            if linked is not None:
                entry = Entry(parts, linked.size, (linked.key[0], number), linked.stamp)
            files[parts] = entry
            found.append(entry)
        check_total(sum(entry.size for entry in found if len(set(entry.key)) > 1), self.size)
        return sorted(found, key=lambda entry: entry.key)

    def read(self, wanted: Sequence[Entry]) -> Iterator[Content]:
        """Read the files in the order of `entries`; ends behind the last one."""
        by_number: dict[int, list[Entry]] = {}
        for entry in sorted(wanted, key=lambda entry: entry.key):
            by_number.setdefault(entry.key[0], []).append(entry)
        last = max(by_number, default=-1)
        if not by_number:
            return
        for number, (member, stream) in enumerate(self._walk()):
            entries = by_number.get(number, [])
            reason = too_large(entries[0].size) if entries else ""
            data = stream.take(member) if entries and not reason else b""
            for entry in entries:
                yield Content(entry, data, reason)
            if number == last:
                return

    @contextmanager
    def open(self, entry: Entry) -> Iterator[Stream]:
        """Open a file to be read in pieces from its front; what lies before it is read over."""
        for number, (member, stream) in enumerate(self._walk()):
            if number == entry.key[0]:
                yield Stream(stream.within(member), entry.shown)
                return
        raise CnnAppError("The archive has changed while it was read: try again.")

    def _decode(self, listed: "list[_Listed]") -> None:
        """Decode names that are no UTF-8, all alike."""
        raw = [item.name.encode("utf-8", "surrogateescape") for item in listed]
        if not self._chosen and all(_is_utf8(item.name) for item in listed):
            return
        self.named = find_encoding(raw, self._chosen)
        for place, item in enumerate(listed):
            target = decode_name(item.target.encode("utf-8", "surrogateescape"), self.named.encoding)
            listed[place] = item._replace(name=decode_name(raw[place], self.named.encoding), target=target)

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


class _Listed(NamedTuple):
    name: str
    size: int
    stamp: float
    target: str  # the file that a hard link names
    refusal: str


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

    def within(self, member: tarfile.TarInfo) -> Callable[[int], bytes]:
        """Return what reads one member; the stream stands before it."""
        end = member.offset_data + member.size

        def read(size: int) -> bytes:
            self.seek(max(self._position, member.offset_data))
            return self._piece(min(size, end - self._position))

        return read

    def _piece(self, size: int) -> bytes:
        data = self._source.read(size)
        self._position += len(data)
        check_total(self._position, self._packed)
        return data


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    with plain_damage():
        return archive.next()


def _is_utf8(name: str) -> bool:
    return name.isascii() or not any("\udc80" <= character <= "\udcff" for character in name)


def _refusal(member: tarfile.TarInfo) -> str:
    if member.isdir():
        return FOLDER
    if member.issym():
        return "it is a link; links are not followed"
    regular = (member.isreg() or member.islnk()) and not member.issparse() and member.size >= 0
    return "" if regular else "it is no regular file"
