"""What came of the files of an import: images in shards, and those that could not be read."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import UnlabelledRows, Workspace
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading.layout import Placed
from cnnapp.datasets.shards import ShardFiles
from cnnapp.datasets.sources.part import Part, shard_name
from cnnapp.datasets.sources.plan import Plan, check_room, choose_encoding, cut_parts, fingerprint, parts_folder
from cnnapp.datasets.sources.reading import read_parts


class ReadFiles:
    """What came of the files: `placed` are those whose images are in the shards, in that order."""

    def __init__(self, parts: Sequence[Part], offered: Sequence[Placed], plan: Plan, folder: Path) -> None:
        self.preprocess = plan.preprocess
        cut = cut_parts(offered, plan.preprocess.image_shape)
        self.placed = [files[place] for part, files in zip(parts, cut, strict=True) for place in part.places]
        self.facts = ImageFacts.of([facts for part in parts for facts in part.facts])
        self.skipped = [skipped for part in parts for skipped in part.skipped]
        arrays = {shard_name(number): part.shard for number, part in enumerate(parts) if part.places}
        lengths = np.array([length for part in parts for length in part.lengths], np.int64)
        self.shards = ShardFiles(parts_folder(folder), arrays, np.cumsum(lengths) if plan.encoding == "files" else None)


def read_unlabelled(
    container: Container, entries: Sequence[Entry], plan: Plan, workspace: Workspace
) -> tuple[UnlabelledRows | None, list[Skipped]]:
    """Decode the files without a class as those with one, into shards of their own, within the same limits.

    Args:
        container: holds the files.
        entries: those without a class, in the container's order.
        plan: by which the others were read; it is taken over, and their colour and depth decide nothing.
        workspace: where the others were read.

    Returns:
        The images, None without any, and the files that could not be read.
    """
    folder = workspace.folder / "unlabelled"
    folder.mkdir(exist_ok=True)
    placed = [Placed(entry, "train", 0) for entry in entries]
    own, source = Plan.load(folder), fingerprint(placed, plan.source)
    if own is None or own.source != source:  # else an interrupted import has begun with it
        pixels = len(placed) * math.prod(plan.preprocess.image_shape) + _stored(workspace.folder)
        encoding = plan.encoding if plan.encoding == "files" else choose_encoding(pixels, folder)
        own = plan.model_copy(update={"grey_only": False, "ranged": True, "source": source, "encoding": encoding})
        own.store(folder)
    read = ReadFiles(read_parts(container, placed, own, replace(workspace, folder=folder)), placed, own, folder)
    check_room(_stored(workspace.folder) + _stored(folder), folder)
    if not read.placed:
        return None, read.skipped
    return UnlabelledRows(read.shards, np.arange(len(read.placed)), read.facts), read.skipped


def _stored(folder: Path) -> int:
    """Return the bytes of the images that were read in `folder`."""
    return sum(path.stat().st_size for path in parts_folder(folder).glob(shard_name("*")))
