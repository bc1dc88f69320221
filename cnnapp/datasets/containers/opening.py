"""What a path or an upload is, told by its first bytes: a folder, an archive, a file of arrays, or nothing read."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cnnapp.datasets.containers.container import Container, Progress
from cnnapp.datasets.containers.folder import Folder
from cnnapp.datasets.containers.limits import DAMAGE
from cnnapp.datasets.containers.single import SingleFile
from cnnapp.datasets.containers.tars import Tar
from cnnapp.datasets.containers.zips import Zip
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import foreign_kind, readable_kind

_ZIP, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
# Files of arrays and tables that hold a whole set.
_SINGLE = (b"\x93NUMPY", b"PAR1", b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")
_TABLES = (".csv", ".tsv")  # of pixels, told by their names alone
EXPECTED = "expected a zip, tar or tar.gz with folders of images, one for each class, or NumPy arrays"


@contextmanager
def open_container(
    path: Path, encoding: str = "", name: str = "", progress: Progress | None = None
) -> Iterator[Container]:
    """Open a folder, a zip, tar or tar.gz archive, or a single file of arrays, told by its first bytes.

    Args:
        path: of the file or folder.
        encoding: of the names in an archive, by Python's name; "": guessed.
        name: what the file is called by whoever gave it.
        progress: hears how far a tar was gone through to list its files.

    Raises:
        CnnAppError: it is none of these, or cannot be read.
    """
    if path.is_dir():
        yield Folder(path)
    else:
        try:
            file = path.open("rb")
        except OSError as error:
            raise CnnAppError(f"{path.name} cannot be read ({error.strerror}): check the file.") from None
        with file:
            yield _opened(file, encoding, name or path.name, progress)


def _opened(file: IO[bytes], encoding: str, name: str, progress: Progress | None) -> Container:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if start.startswith(_ZIP):
        return Zip(file, size, encoding)
    if start.startswith(_GZIP) and _is_tar(_unpacked_start(file)):
        return Tar(file, size, gzipped=True, encoding=encoding, progress=progress)
    if _is_tar(start[:512]):
        return Tar(file, size, gzipped=False, encoding=encoding, progress=progress)
    if start.startswith(_SINGLE) or name.lower().endswith(_TABLES):
        return SingleFile(file, size, Path(name).name)
    raise _not_read(start, name)


def _not_read(start: bytes, name: str) -> CnnAppError:
    """Return the error for a file that holds no set, by what it is."""
    image = readable_kind(start)
    kind = f"one {image} image" if image else foreign_kind(start)
    if kind is None:
        return CnnAppError(f"{name} is no .npz archive, zip, tar or tar.gz, or it is damaged: {EXPECTED}.")
    if kind.endswith("archive"):
        return CnnAppError(f"{name} is {kind}, which is not read: {EXPECTED}; unpack it, or pack it again as a zip.")
    return CnnAppError(f"{name} is {kind}, no data set: {EXPECTED}.")


def _unpacked_start(file: IO[bytes]) -> bytes:
    try:
        return gzip.GzipFile(fileobj=file).read(512)
    except DAMAGE:
        raise CnnAppError("The archive is damaged or cut short: copy, download or pack it again.") from None


def _is_tar(start: bytes) -> bool:
    if start[257:262] == b"ustar":
        return True
    try:  # before POSIX 1988 only the checksum tells: octal, of the block with the checksum itself as spaces
        told = int(start[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return len(start) == 512 and told == sum(start[:148]) + 8 * 32 + sum(start[156:])
