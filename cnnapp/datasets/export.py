"""A data set as a zip of image files in folders: what any tool reads, and this one takes back as it was."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from PIL import Image

from cnnapp import files
from cnnapp.datasets.drafts import Report, rows_per_batch
from cnnapp.datasets.export_names import Names
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.shards import ShardedImages
from cnnapp.datasets.store import Images, PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.images import readable_kind
from cnnapp.images.kinds import USUAL_SUFFIX

WHEN = (1980, 1, 1, 0, 0, 0)  # of all files: the same set gives the same zip


class Exported(NamedTuple):
    """What was written."""

    images: int
    bytes: int
    notices: tuple[str, ...]  # how to get the very same set again, and what the zip cannot hold


class _Part(NamedTuple):
    folder: str
    images: Images
    facts: ImageFacts | None
    classes: list[str]  # the folder of each image's class; "" without one


def export(dataset: PreparedDataset, path: Path, report: Report) -> Exported:
    """Write a data set to a new zip at `path`: train/<class>/…, validation, test and unlabelled, in the set's order.

    Images are the files they came as, where these are stored, else PNGs of the set's pixels.

    Raises:
        CnnAppError: there is something at `path` already, its folder is missing, or the disk has no room.
    """
    if path.exists() or not path.parent.is_dir():
        found = "there is something of this name already" if path.exists() else f"there is no folder {path.parent}"
        raise CnnAppError(f"The zip cannot be written to {path}: {found}. Choose another place.")
    names = Names()
    parts = list(_parts(dataset, names))
    _check_room(dataset, path.parent)
    total, done = sum(len(part.images) for part in parts), 0
    aside = files.aside(path)
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as archive:
            for part in parts:
                for row, data in enumerate(_files(part.images)):
                    wanted = _file_name(part.facts, row, data)
                    name = names.file("/".join(filter(None, (part.folder, part.classes[row]))), wanted)
                    archive.writestr(zipfile.ZipInfo(name, WHEN), data)
                    done += 1
                    report("Writing the images", done, total)
        files.put(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return Exported(total, path.stat().st_size, tuple(_notices(dataset, names)))


def _parts(dataset: PreparedDataset, names: Names) -> Iterator[_Part]:
    folders = [names.folder(name) for name in dataset.manifest.class_names]
    for name, split in dataset.splits.items():
        yield _Part(name, split.images, split.facts, [folders[label] for label in split.labels.tolist()])
    if dataset.unlabelled is not None:
        own = dataset.unlabelled
        yield _Part("unlabelled", own.images, own.facts, [""] * len(own.images))


def _files(images: Images) -> Iterator[bytes]:
    if isinstance(images, ShardedImages) and len(images) and images.file(0) is not None:
        for row in range(len(images)):
            yield images.file(row) or b""
        return
    step = rows_per_batch(images.shape[1:], 1)
    for start in range(0, len(images), step):
        for pixels in images[np.arange(start, min(start + step, len(images)))]:
            buffer = io.BytesIO()
            Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(buffer, "PNG")
            yield buffer.getvalue()


def _file_name(facts: ImageFacts | None, row: int, data: bytes) -> str:
    stem = PurePosixPath(facts.files[row]).stem if facts is not None else f"{row:06}"
    return f"{stem}{USUAL_SUFFIX[readable_kind(data) or 'PNG']}"


def _notices(dataset: PreparedDataset, names: Names) -> Iterator[str]:
    height, width, channels = dataset.manifest.image_shape
    options = [f"--size {height}"] if height == width else []
    options += [f"--resize-mode {dataset.preprocess.resize_mode}"] if dataset.manifest.encoding == "files" else []
    options.append(f"--colour {'grey' if channels == 1 else 'colour'}")
    options += [f"--ink {'on' if dataset.preprocess.ink else 'off'}"] if channels == 1 else []
    yield f"Import it with {' '.join(options)} to get the same {height}×{width}×{channels} pixels again."
    if names.changed:
        yield (
            f"{len(names.changed):,} {'class has' if len(names.changed) == 1 else 'classes have'} another name as a "
            f"folder, since file systems refuse the own one: {', '.join(names.changed[:5])}."
        )
    if dataset.manifest.group_rule is not None:
        yield "Which images belong together does not stand in the zip: its parts keep them together as they are."


def _check_room(dataset: PreparedDataset, folder: Path) -> None:
    need = sum(array.bytes for array in dataset.manifest.arrays.values())
    free = shutil.disk_usage(folder).free
    if need > free:
        raise CnnAppError(
            f"The zip may need {need / 1e6:,.0f} MB, but {folder} has only {free / 1e6:,.0f} MB left: make room, or "
            "choose another place."
        )
