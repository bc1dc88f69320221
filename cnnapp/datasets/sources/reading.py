"""All files of an import to parts on disk: those that are there already stay, the rest is decoded on all cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from cnnapp.datasets.containers import Container, Content
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.reading.layout import Placed
from cnnapp.datasets.sources.crew import Crew, Work
from cnnapp.datasets.sources.decoding import Decoder, ReadImage
from cnnapp.datasets.sources.part import Part, read_part, shard_name, write_part
from cnnapp.datasets.sources.plan import Plan, check_room, cut_parts, parts_folder
from cnnapp.images import ValueRange, find_range

FILES_PER_PROCESS = 2000  # fewer do not repay the start of a process
MOST_PROCESSES = 8  # each takes up to 160 MB

Cut = Sequence[Sequence[Placed]]
Piece = tuple[int, Iterator[Content]]  # a part's number and its files


def read_parts(container: Container, placed: Sequence[Placed], plan: Plan, workspace: Workspace) -> list[Part]:
    """Decode `placed`, files of `container` in its order, by the plan that is stored in the workspace.

    Raises:
        UnplannedError: an image is not as the plan expects all to be.
        CnnAppError: the container is damaged, or the images take more room than there is.
        CalledOffError: the job was asked to stop.
    """
    cut = cut_parts(placed, plan.preprocess.image_shape)
    folder = parts_folder(workspace.folder)
    missing = [number for number in range(len(cut)) if read_part(folder, number) is None]
    left = sum(len(cut[number]) for number in missing)
    done = len(placed) - left

    def told(images: int) -> None:
        nonlocal done
        done += images
        workspace.report("Reading the images", done, len(placed))

    told(0)
    work = _with_room(_pieces(container, cut, missing), folder)
    cores = len(os.sched_getaffinity(0))
    processes = min(cores, MOST_PROCESSES, left // FILES_PER_PROCESS)
    if processes > 1:
        whole: Work = ((number, list(contents)) for number, contents in work)
        for images in Crew(workspace.folder, whole, processes=processes, threads=cores // processes).run():
            told(images)
    else:
        decoder = Decoder(plan, workspace.folder, threads=cores)
        for number, contents in work:
            write_part(folder, number, _telling(decoder.run(contents), told))
    parts = [read_part(folder, number) for number in range(len(cut))]
    return [part for part in parts if part is not None]


def find_set_range(
    container: Container, placed: Sequence[Placed], plan: Plan, workspace: Workspace
) -> ValueRange | None:
    """Look at all images of more than 8 bits for the range that they share; None: they need none.

    Raises:
        CnnAppError: the container is damaged.
        CalledOffError: the job was asked to stop.
    """
    decoder = Decoder(plan, workspace.folder, threads=len(os.sched_getaffinity(0)))
    found = []
    for place, deep in enumerate(decoder.measure(container.read([file.entry for file in placed]))):
        workspace.report("Looking for the range of the values", place, len(placed))
        if deep is not None:
            found.append(deep)
    return find_range(found)


def _pieces(container: Container, cut: Cut, missing: Sequence[int]) -> Iterator[Piece]:
    contents = container.read([placed.entry for number in missing for placed in cut[number]])
    for number in missing:
        yield number, islice(contents, len(cut[number]))


def _with_room(pieces: Iterator[Piece], folder: Path) -> Iterator[Piece]:
    """Look before each part whether there is room for it."""
    for piece in pieces:
        check_room(sum(path.stat().st_size for path in folder.glob(shard_name("*"))), folder)
        yield piece


def _telling(images: Iterator[ReadImage], told: Callable[[int], None]) -> Iterator[ReadImage]:
    for image in images:
        yield image
        told(1)
