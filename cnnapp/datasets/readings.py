"""Readings as jobs of the dataset worker: asked for, and what came of them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from cnnapp import files
from cnnapp.datasets.album import PICTURE_SIDE, Album
from cnnapp.datasets.reading import Choices, Reading
from cnnapp.datasets.request_kinds import ReadRequest
from cnnapp.datasets.requests import LIBRARY, READING, SOURCE, Given, OfReading, given_fields, list_jobs, submit
from cnnapp.datasets.sources.preview import sample_images
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

PICTURES, CHOICES = "pictures.npy", "choices.json"
KEPT_SOURCES = 5  # of the newest readings: each may have a gigabyte


def request_reading(source: Given, choices: Choices | None = None, *, file_name: str = "") -> str:
    """Ask what a source holds, before anything is stored.

    Args:
        source: as `request_import` takes it; `OfReading` reads the same source under other choices.
        choices: what the user has decided already.
        file_name: what the file is called whose bytes are given.

    Returns:
        The job's id, to be followed by `get_job`, stopped by `cancel`; then `get_reading`, `reading_pictures`, and
        `request_import(OfReading(job), …)`.

    Raises:
        CnnAppError: there is no such file, or the address cannot be one.
    """
    fields, upload = given_fields(source, file_name)
    _forget_sources()
    title = fields["file_name"] or (fields["path"].name if fields.get("path") else fields.get("url") or "")
    return submit(ReadRequest(name="", title=title[:200], choices=choices or Choices(), **fields), upload)


def reading_choices(job: str) -> Choices:
    """Return what a person had decided when a reading was asked for, and since by `keep_choices`.

    Raises:
        CnnAppError: the reading is gone.
    """
    asked = LIBRARY.find(job).asked
    if not isinstance(asked, ReadRequest):
        raise CnnAppError("This job reads nothing: drop the file, or give its address, once more.")
    try:
        return Choices.model_validate_json((_folder(job) / CHOICES).read_bytes())
    except (OSError, ValidationError):
        return asked.choices


def keep_choices(job: str, choices: Choices) -> None:
    """Keep what a person has decided that changes nothing of the reading: size, resize mode, colour, groups."""
    files.write_json(_folder(job) / CHOICES, choices.model_dump(mode="json"), durable=False)


def reading_samples(job: str, count: int) -> list[NDArray[np.uint8]]:
    """Decode up to `count` images of what was read, uint8 (h, w, 1 or 3); none where they are no image files.

    Raises:
        CnnAppError: the source is gone.
    """
    fields, kept = given_fields(OfReading(job), "")
    path = kept if isinstance(kept, Path) else fields["path"]
    return sample_images(path, count) if path is not None else []


def get_reading(job: str) -> Reading | None:
    """Return what a reading job has found out; None while it works, and when it failed or is gone."""
    try:
        return Reading.model_validate_json((_folder(job) / READING).read_bytes())
    except (OSError, ValidationError):
        return None


def reading_pictures(job: str) -> NDArray[np.uint8]:
    """Return the sample pictures of a reading, uint8 (n, PICTURE_SIDE, PICTURE_SIDE, 3), padded with grey.

    `Example.picture` is a row of them.
    """
    try:
        pictures: NDArray[np.uint8] = np.load(_folder(job) / PICTURES, mmap_mode="r", allow_pickle=False)
        return pictures
    except (OSError, ValueError):
        return np.zeros((0, PICTURE_SIDE, PICTURE_SIDE, 3), np.uint8)


def keep_source(folder: Path, path: Path) -> None:
    """Keep what was uploaded or downloaded for a reading, since an import or another reading may follow."""
    path.replace(folder / SOURCE)


def store(folder: Path, reading: Reading, album: Album) -> None:
    """Leave a reading with its pictures in its job's folder (the worker does)."""
    album.store(folder / PICTURES)
    files.write(folder / READING, reading.model_dump_json().encode(), durable=False)


def _forget_sources() -> None:
    readings = [job for job in list_jobs() if job.kind == "reading" and not job.live]
    for job in readings[KEPT_SOURCES:]:
        (_folder(job.job) / SOURCE).unlink(missing_ok=True)


def _folder(job: str) -> Path:
    return settings().jobs_dir / Path(job).name
