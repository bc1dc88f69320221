"""What a browser sends, written to disk within the operator's limit."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

Upload = bytes | Sequence[tuple[str, bytes]]
"""What came through the browser: one file's bytes, or several files, each with its path in the dropped folder."""


def check_size(upload: Upload) -> None:
    """Raise CnnAppError when an upload is larger than the operator allows."""
    size = len(upload) if isinstance(upload, bytes) else sum(len(data) for _, data in upload)
    limit = settings().max_upload_bytes
    if size > limit:
        raise CnnAppError(
            f"The upload has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that "
            "CNNAPP_MAX_UPLOAD_MB allows: put it into the inbox folder instead."
        )


def write_upload(path: Path, upload: Upload) -> None:
    """Write an upload to `path`; several files become a zip, so that none of their names is ever a path."""
    if isinstance(upload, bytes):
        path.write_bytes(upload)
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in upload:
            archive.writestr(zipfile.ZipInfo(name.encode("utf-8", "replace").decode()), data)
