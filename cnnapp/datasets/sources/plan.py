"""What an import of image files has decided before it reads them: kept on disk, so that a resumed one decides alike."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp import files
from cnnapp.datasets.manifest import Encoding
from cnnapp.datasets.reading.layout import Placed
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.settings import settings

PART_BYTES = 32 * 1024**2  # of pixels, and of files, that make a part: read, decoded and stored in one go
PART_FILES = 4096
FREE_SHARE = 0.9  # of the disk's free bytes that raw pixels may take
_FILE, _PARTS = "plan.json", "parts"


class Plan(BaseModel):
    """How every part of an import is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str  # SHA-256 of the list of files and of what was asked for: another source makes another plan
    preprocess: Preprocess
    grey_only: bool  # a coloured image ends the reading: the set was taken for grey by its first images
    ranged: bool = False  # an image of more than 8 bits does not end the reading: the set's range has been looked for
    encoding: Encoding

    def store(self, folder: Path) -> None:
        """Begin anew in `folder` with this plan: what was read by another one goes."""
        shutil.rmtree(folder / _PARTS, ignore_errors=True)
        files.write(folder / _FILE, self.model_dump_json().encode(), durable=False)
        (folder / _PARTS).mkdir()

    @classmethod
    def load(cls, folder: Path) -> "Plan | None":
        """Return the plan that an interrupted import has left in `folder`, if it can be read."""
        try:
            plan = cls.model_validate_json((folder / _FILE).read_bytes())
        except (OSError, ValidationError):
            return None
        (folder / _PARTS).mkdir(exist_ok=True)
        return plan


def parts_folder(folder: Path) -> Path:
    """Return where the parts lie that were read by the plan in `folder`."""
    return folder / _PARTS


def fingerprint(placed: Sequence[Placed], asked: str) -> str:
    """Name a list of files with their places, and what is to be made of them."""
    lines = (f"{file.parts!r} {file.size} {file.stamp} {split} {label}" for file, split, label in placed)
    return files.digest("\n".join([asked, *lines]).encode())


def cut_parts(placed: Sequence[Placed], image_shape: tuple[int, int, int]) -> list[Sequence[Placed]]:
    """Cut the files into parts of bounded size; the same files and shape always give the same parts."""
    most = max(1, min(PART_FILES, PART_BYTES // math.prod(image_shape)))
    cuts, size = [0], 0
    for place, (entry, *_) in enumerate(placed):
        if place > cuts[-1] and (place - cuts[-1] >= most or size + entry.size > PART_BYTES):
            cuts.append(place)
            size = 0
        size += entry.size
    return [placed[start:end] for start, end in zip(cuts, [*cuts[1:], len(placed)], strict=True) if end > start]


def choose_encoding(raw_bytes: int, folder: Path) -> Encoding:
    """Choose raw pixels where they fit what a data set may take and what the disk has left, else encoded files."""
    free = shutil.disk_usage(folder).free
    return "raw" if raw_bytes <= min(settings().max_dataset_bytes, FREE_SHARE * free) else "files"


def check_room(stored: int, folder: Path) -> None:
    """Raise CnnAppError when the bytes stored so far are more than is allowed, or the disk is nearly full."""
    limit, free = settings().max_dataset_bytes, shutil.disk_usage(folder).free
    if stored > limit or free < 2 * PART_BYTES:
        raise CnnAppError(
            f"The images take more than {stored / 1e9:,.1f} GB; {limit / 1e9:,.1f} GB are allowed "
            f"(CNNAPP_MAX_DATASET_MB) and the disk has {free / 1e9:,.1f} GB left: choose a smaller size."
        )
