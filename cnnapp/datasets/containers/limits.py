"""Bounds for archives, and their damage told in one sentence."""

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
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
