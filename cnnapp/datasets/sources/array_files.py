"""The arrays of a container, each a file with a header: told by headers, unpacked to disk, never read whole."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Container, Entry, Stream, check_total
from cnnapp.datasets.drafts import Report
from cnnapp.datasets.sources import idx, npy_header
from cnnapp.datasets.sources.npy_header import Header
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

CHUNK = 1024**2


class Format(NamedTuple):
    """How a file holds one array."""

    unwrapped: Callable[[Stream, str], tuple[Stream, bool]]  # and whether the file's size is that of header and array
    read_header: Callable[[Stream, str], Header]


NPY = Format(lambda file, _name: (file, True), npy_header.read_header)
IDX = Format(idx.unzipped, idx.read_header)


class ArrayFiles:
    """Arrays by name."""

    def __init__(self, container: Container, files: Mapping[str, Entry], form: Format) -> None:
        self._container, self._files, self._form = container, files, form
        self._headers: dict[str, Header] = {}

    @property
    def names(self) -> list[str]:
        """Names of the arrays."""
        return list(self._files)

    def header(self, name: str) -> Header:
        """Read an array's header, once; raises CnnAppError for what is no array of numbers or texts, and for bombs."""
        if name not in self._headers:
            with self._container.open(self._files[name]) as packed:
                file, plain = self._form.unwrapped(packed, name)
                header = self._form.read_header(file, name)
            self._check(name, header, plain=plain)
            self._headers[name] = header
        return self._headers[name]

    def unpack(self, name: str, target: Path, report: Report) -> NDArray[Any]:
        """Unpack an array into the file `target` and return it memory-mapped; an archive's checksum is checked."""
        header, done = self.header(name), 0
        with self._array(name) as file, target.open("wb") as copy:
            while chunk := file.read(CHUNK):
                done += len(chunk)
                if done > header.nbytes:
                    break
                copy.write(chunk)
                report(f"Unpacking {name}", done, header.nbytes, "bytes")
        if done != header.nbytes:
            raise _cut_short(name)
        if not done:
            return np.empty(header.shape, header.dtype)
        order: Literal["F", "C"] = "F" if header.fortran_order else "C"
        return np.memmap(target, header.dtype, "r", shape=header.shape, order=order)

    @contextmanager
    def _array(self, name: str) -> Iterator[Stream]:
        """Open a file that stands behind its header."""
        with self._container.open(self._files[name]) as packed:
            file, _ = self._form.unwrapped(packed, name)
            self._form.read_header(file, name)
            yield file

    def _check(self, name: str, header: Header, *, plain: bool) -> None:
        size = self._files[name].size
        if plain and size != header.offset + header.nbytes:
            raise CnnAppError(f"{name} is damaged: it does not have the size that it announces. Save the file again.")
        check_total(header.nbytes, size)


def check_sizes(headers: Mapping[str, Header]) -> None:
    """Raise CnnAppError when arrays would take more room than a data set may."""
    total, limit = sum(header.nbytes for header in headers.values()), settings().max_dataset_bytes
    if total > limit:
        raise CnnAppError(
            f"The arrays would take {total / 1e9:,.1f} GB unpacked, more than the {limit / 1e9:,.1f} GB that "
            "CNNAPP_MAX_DATASET_MB allows: use fewer or smaller images."
        )


def _cut_short(name: str) -> CnnAppError:
    return CnnAppError(f"{name} does not hold the array that it announces: copy or save the file again.")
