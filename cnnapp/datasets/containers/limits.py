"""Bounds for archives, and their damage told in one sentence."""

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

MOST_RATIO = 100  # unpacked to packed; photos have about 1, bitmaps of drawings some 20
FREE_BYTES = 100 * 1024**2  # below it the ratio does not matter

# What reading a damaged archive raises; RuntimeError is also zipfile's answer to an unknown method of compression.
DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, ValueError, IndexError, KeyError, OverflowError),
)


def check_total(unpacked: int, packed: int) -> None:
    """Raise CnnAppError when `packed` bytes unpack to more than an honest archive of images would."""
    limit = settings().max_dataset_bytes
    if unpacked > limit:
        raise CnnAppError(
            f"The archive unpacks to more than the {limit / 1e9:,.1f} GB that CNNAPP_MAX_DATASET_MB allows: "
            "use fewer or smaller images."
        )
    if unpacked > max(FREE_BYTES, MOST_RATIO * packed):
        raise CnnAppError(
            f"The archive unpacks to more than {MOST_RATIO} times its size, as a bomb does: pack the images again."
        )


@contextmanager
def plain_damage() -> Iterator[None]:
    """Turn whatever the readers of archives raise on damage into one sentence."""
    try:
        yield
    except EOFError:
        raise CnnAppError("The archive is cut short: copy or download it again.") from None
    except DAMAGE:
        raise CnnAppError("The archive is damaged or cut short: copy, download or pack it again.") from None


class Stream:
    """One file of a container, read in pieces from its front."""

    def __init__(self, read: Callable[[int], bytes], name: str) -> None:
        self._read, self._name = read, name

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes, b"" at the end; raises CnnAppError when the file is damaged."""
        with damage_of(self._name):
            return self._read(size)


@contextmanager
def damage_of(name: str) -> Iterator[None]:
    """Turn whatever reading one file raises on damage into one sentence about it."""
    try:
        yield
    except DAMAGE:
        raise CnnAppError(f"{name} is damaged or cut short: copy or save it again.") from None
