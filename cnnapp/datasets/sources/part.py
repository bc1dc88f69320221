"""One part of an import on disk: a shard of images, and beside it, written last, what is known of them."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp import files
from cnnapp.datasets.facts import FileFacts
from cnnapp.datasets.manifest import ArrayFile, Skipped
from cnnapp.datasets.npy import write_array
from cnnapp.datasets.sources.decoding import ReadImage


class Part(BaseModel):
    """What came of the files of one part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shard: ArrayFile
    lengths: tuple[int, ...]  # bytes of each image in the shard
    places: tuple[int, ...]  # in the part's files, of those that are images
    facts: tuple[FileFacts, ...]  # of the images
    skipped: tuple[Skipped, ...]


def shard_name(number: int | str) -> str:
    """Return what the file of a part's images is called, in the data set too; "*" stands for all."""
    return f"images-{number:0>5}.npy" if isinstance(number, int) else f"images-{number}.npy"


def read_part(folder: Path, number: int) -> Part | None:
    """Return a part that is whole, None if it has not been read yet."""
    try:
        part = Part.model_validate_json(_record(folder, number).read_bytes())
        whole = (folder / shard_name(number)).stat().st_size == part.shard.bytes
    except (OSError, ValidationError):
        return None
    return part if whole else None


def write_part(folder: Path, number: int, images: Iterable[ReadImage]) -> Part:
    """Store the images of one part, given in the order of its files; a killed writer leaves nothing that counts."""
    stored: list[NDArray[np.uint8]] = []
    places, facts, skipped = [], [], []
    for place, image in enumerate(images):
        if image.stored is None or image.facts is None:
            skipped.append(Skipped(file=image.entry.shown, reason=image.problem))
        else:
            stored.append(image.stored)
            places.append(place)
            facts.append(image.facts)
    part = Part(
        shard=_write_shard(folder / shard_name(number), stored),
        lengths=tuple(image.nbytes for image in stored),
        places=tuple(places),
        facts=tuple(facts),
        skipped=tuple(skipped),
    )
    # The shard is durable by now; should a power cut lose this record, the part is read again.
    files.write(_record(folder, number), part.model_dump_json().encode(), durable=False)
    return part


def _write_shard(path: Path, stored: list[NDArray[np.uint8]]) -> ArrayFile:
    encoded = not stored or stored[0].ndim == 1
    shape = (sum(map(len, stored)),) if encoded else (len(stored), *stored[0].shape)
    aside = files.aside(path)
    written = write_array(aside, shape, np.uint8, stored)
    files.put(aside, path)
    return written


def _record(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05}.json"
