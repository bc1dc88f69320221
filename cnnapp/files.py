"""Every change of the library's files goes through here: each is all or nothing, and faults are tried in one place."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

SETTLED_NS = 2_000_000_000  # after which a file's time tells it from the next one's
PART = ".part"  # suffix of files and folders that are not finished; a killed writer leaves one, no reader lists it


def sync_dir(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `data` aside and rename it to `path`: a reader sees the old file or the new one, never a part.

    Args:
        path: the file; its folder must exist.
        data: all of its bytes.
        durable: survive a power cut (fsync); without it only a killed process is survived.
    """
    part = aside(path)
    try:
        part.write_bytes(data)
        put(part, path, durable=durable)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def aside(path: Path) -> Path:
    """Return a name beside `path` to write a file under that is not finished; no reader lists it."""
    return path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}{PART}")


def put(part: Path, path: Path, *, durable: bool = True) -> None:
    """Rename the finished file `part` to `path`, after making it durable."""
    if durable:
        with part.open("rb") as file:
            os.fsync(file.fileno())
    part.replace(path)
    if durable:
        sync_dir(path.parent)


def link_or_copy(path: Path, other: Path) -> None:
    """Give a file a second name; on another disk a second copy."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """Write `value` as JSON, atomically."""
    write(path, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode(), durable=durable)


def read_json(path: Path) -> Any:
    """Read JSON; raises OSError when the file cannot be read, ValueError when it is damaged."""
    return json.loads(path.read_bytes())


class Remembered(Generic[T]):
    """What small files say, parsed again only when a file has been replaced: lists look at thousands of them."""

    def __init__(self, parse: Callable[[bytes], T], most: int = 8192) -> None:
        """Read files with `parse`, which may raise; remember at most so many."""
        self._parse, self._most = parse, most
        self._known: dict[Path, tuple[tuple[int, int, int], T]] = {}

    def read(self, path: Path) -> T:
        """Return what the file says; raises OSError when it cannot be read, and what `parse` raises."""
        about = path.stat()
        mark = about.st_ino, about.st_mtime_ns, about.st_size
        known = self._known.get(path)
        if known is not None and known[0] == mark:
            return known[1]
        value = self._parse(path.read_bytes())
        # One that was just written may be replaced within the clock's grain, by a file that looks the same.
        if time.time_ns() - about.st_mtime_ns > SETTLED_NS:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[path] = mark, value
        return value


def append_line(path: Path, value: Any) -> None:
    """Append `value` as one JSON line in one write, so that lines of several writers never mix.

    Raises:
        OSError: the line could not be written whole, as on a full disk; the next one begins a line of its own.
    """
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # what a writer that was cut off left behind
            line = b"\n" + line
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        os.close(handle)


def read_lines(path: Path, offset: int = 0) -> tuple[list[Any], int]:
    """Read the JSON lines of `path` from byte `offset`.

    Returns:
        The values and the offset to go on from. An unfinished last line is left for the next call; a
        damaged line in the middle is passed over.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], 0
    end = data.rfind(b"\n") + 1
    values = []
    for line in data[:end].splitlines():
        with contextlib.suppress(ValueError):
            values.append(json.loads(line))
    return values, offset + end


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` as hex."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """Return the SHA-256 of the file at `path` as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` against other processes and threads; the system frees it when the holder dies."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make every file below `folder` durable."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_dir(folder)


@contextlib.contextmanager
def new_folder(path: Path, commit: contextlib.AbstractContextManager[object] | None = None) -> Iterator[Path]:
    """Fill a folder aside; rename it to `path` when the block succeeds, remove it when it fails.

    Args:
        path: the folder, which must not be there.
        commit: entered for the rename; what it raises forbids it.

    Raises:
        FileExistsError: `path` exists already and is not empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{PART}")
    part.mkdir()
    try:
        with _held(part):
            yield part
            sync_tree(part)
            with commit or contextlib.nullcontext():
                _take_name(part, path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_dir(path.parent)


def _take_name(part: Path, path: Path) -> None:
    try:
        part.rename(path)
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:  # another name for the same
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        raise


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Show `sweep` that somebody is at work in a folder; the system forgets it when that process dies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sweep(folder: Path, older_than: float) -> None:
    """Remove what killed writers have left in `folder`: unfinished files and folders that nobody works on.

    Args:
        folder: searched without what lies below it.
        older_than: seconds since the last change; younger ones stay.
    """
    for part in folder.glob(f"*{PART}"):
        with contextlib.suppress(OSError):  # its writer has finished meanwhile, or it lies on another's disk
            if time.time() - part.lstat().st_mtime < older_than or part.is_symlink():
                continue
            if part.is_dir():
                _remove_unheld(part)
            else:
                part.unlink()


def _remove_unheld(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def remove_folder(path: Path) -> None:
    """Remove a folder: gone under its name at once, then deleted."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{PART}")
    path.rename(aside)
    sync_dir(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


def folder_bytes(path: Path) -> int:
    """Return the bytes that the files below `path` take."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def explain(error: OSError) -> str:
    """Return a sentence for people where the library's disk is at fault, and what to do; "" for any other error."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk with the library is full: make room on it, then try again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "The library cannot be written here: have its folder made writable, then try again."
    if error.errno == errno.EIO:
        return "The disk with the library cannot be read or written any more: have it checked, then try again."
    return ""
