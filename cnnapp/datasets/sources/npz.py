"""Reading the members of a `.npz` without trusting it: headers first, sizes checked before anything is unpacked."""

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Workspace
from cnnapp.errors import CnnAppError

CHUNK = 1024**2
MOST_MEMBERS = 1000
# What zipfile, zlib and NumPy raise for damaged archives; RuntimeError is also zipfile's for an unknown method.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, tokenize.TokenError, ValueError)


class Header(NamedTuple):
    """What a `.npy` member says of itself."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    offset: int  # bytes before the array's own

    @property
    def nbytes(self) -> int:
        """Bytes of the array, unpacked."""
        return math.prod(self.shape) * self.dtype.itemsize


class ArchiveReader:
    """The arrays of one `.npz` file, by name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}

    @property
    def names(self) -> list[str]:
        """Names of the arrays in the file."""
        return list(self._members)

    def header(self, name: str) -> Header:
        """Read a member's header; raises CnnAppError for objects (pickles) and for sizes that do not add up."""
        info = self._members[name]
        with _plain_damage(name), self._archive.open(info) as file:
            header = _read_header(file)
        if header.dtype.hasobject:
            raise CnnAppError(
                f"{name} holds Python objects (a pickle), which are not read: save it as an array of numbers."
            )
        if info.file_size != header.offset + header.nbytes:
            raise CnnAppError(f"{name} is damaged: it does not have the size that it announces. Save the file again.")
        return header

    def head(self, name: str, count: int) -> NDArray[Any]:
        """Read the first `count` rows of a member; columns first arrays give none."""
        header = self.header(name)
        rows = 0 if header.fortran_order else min(count, header.shape[0])
        row_bytes = header.nbytes // max(1, header.shape[0])
        with _plain_damage(name), self._archive.open(self._members[name]) as file:
            file.read(header.offset)
            data = file.read(rows * row_bytes)
            return np.frombuffer(data, header.dtype).reshape(rows, *header.shape[1:])

    def unpack(self, name: str, workspace: Workspace) -> NDArray[Any]:
        """Unpack a member into the workspace, check its CRC, and return it memory-mapped."""
        header, target = self.header(name), workspace.folder / f"{name}.raw"
        done = -header.offset
        with _plain_damage(name), self._archive.open(self._members[name]) as file, target.open("wb") as copy:
            file.read(header.offset)
            while chunk := file.read(CHUNK):
                done += len(chunk)
                copy.write(chunk)
                workspace.report(f"Unpacking {name}", done, header.nbytes, "bytes")
        if header.nbytes == 0:
            return np.empty(header.shape, header.dtype)
        order: Any = "F" if header.fortran_order else "C"
        return np.memmap(target, header.dtype, "r", shape=header.shape, order=order)


@contextmanager
def open_archive(source: Any, name: str = "The file") -> Iterator[ArchiveReader]:
    """Open a `.npz` given as a path or a binary file.

    Raises:
        CnnAppError: it is something else or damaged.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (*_DAMAGE, OSError):
        raise CnnAppError(
            f"{name} is no .npz archive or is damaged: expected the arrays x_train, y_train, x_test, y_test, "
            "saved with numpy.savez."
        ) from None
    with archive:
        if len(archive.infolist()) > MOST_MEMBERS:
            raise CnnAppError(f"{name} has more than {MOST_MEMBERS} members: expected four arrays.")
        yield ArchiveReader(archive)


@contextmanager
def _plain_damage(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise CnnAppError(f"{name} cannot be unpacked ({error}): the file is damaged. Save or copy it again.") from None


def _read_header(file: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(file)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"version {version} of the format is not known")
    shape, fortran_order, dtype = readers[version](file)
    return Header(shape, dtype, fortran_order, file.tell())
