"""Import of image files in folders of classes, from a folder or an archive."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.image_options import SMALLEST, ImageOptions
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading import Choices, Form, Reading, Source
from cnnapp.datasets.shards import ShardFiles, Shards
from cnnapp.datasets.sources.decoding import ColourFoundError
from cnnapp.datasets.sources.ink_guess import SAMPLE, ink_rule, looks_like_ink
from cnnapp.datasets.sources.layout import Layout, Placed, find_layout, is_called_image, list_files
from cnnapp.datasets.sources.part import Part, shard_name
from cnnapp.datasets.sources.parts import make_parts
from cnnapp.datasets.sources.plan import Plan, choose_encoding, cut_parts, fingerprint, parts_folder
from cnnapp.datasets.sources.reading import read_parts
from cnnapp.errors import CnnAppError
from cnnapp.images import DECODE_ID, InkRule, Preprocess, decode

USUAL_SIZE = 64  # of photos, unless somebody chooses otherwise
KEPT_SIZE = 128  # sets whose images all have one size keep it up to here
LOOKED_AT = 64  # files by which size and colour are chosen

Shape = tuple[int, int, int]


def make(given: tuple[Container, Sequence[Entry]], title: str, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of a container's images; those that cannot be read are skipped, with the reason.

    Args:
        given: a folder or an archive with one of the layouts of `layout`, and its files.
        title: what its user calls the set.
        choices: size, resize mode and colour of the set's images, and whether they are pen and ink.
        workspace: takes the decoded images.

    Raises:
        CnnAppError: there are no two classes of readable images, or the archive is damaged or hostile.
    """
    container, entries = given
    layout = _find_layout(container, entries)
    plan = _plan(container, layout, choices.images, workspace.folder)
    try:
        parts = read_parts(container, layout.placed, plan, workspace)
    except ColourFoundError:
        plan = _coloured(plan, len(layout.placed), workspace.folder)
        plan.store(workspace.folder)
        parts = read_parts(container, layout.placed, plan, workspace)
    return _draft(title, layout, _Read(parts, layout.placed, plan, workspace.folder), ink=choices.wants_ink)


def _find_layout(container: Container, entries: Sequence[Entry]) -> Layout:
    lists = {content.entry: content.data.decode("utf-8", "replace") for content in container.read(list_files(entries))}
    layout = find_layout(entries, lists)
    layout.skipped[:0] = container.skipped
    return layout


def choose_shape(shapes: Sequence[Shape], options: ImageOptions) -> Shape:
    """Choose a set's image shape by the shapes of its first images, as far as nobody has chosen."""
    if options.colour == "auto":
        channels = 1 if shapes and all(shape[2] == 1 for shape in shapes) else 3
    else:
        channels = 1 if options.colour == "grey" else 3
    if options.size is not None:
        return options.size, options.size, channels
    if len({shape[:2] for shape in shapes}) == 1 and min(shapes[0][:2]) >= SMALLEST and max(shapes[0][:2]) <= KEPT_SIZE:
        return (*shapes[0][:2], channels)
    usual = int(np.median([min(shape[:2]) for shape in shapes])) if shapes else USUAL_SIZE
    size = max(SMALLEST, min(USUAL_SIZE, usual))
    return size, size, channels


def _shapes(container: Container, layout: Layout) -> Iterator[Shape]:
    files = [placed.entry for placed in layout.placed]
    called_images = [entry for entry in files if is_called_image(entry)]
    for content in container.read((called_images or files)[: 2 * LOOKED_AT]):
        with suppress(CnnAppError):
            height, width, channels = decode(content.data).pixels.shape
            yield height, width, channels


def _plan(container: Container, layout: Layout, options: ImageOptions, folder: Path) -> Plan:
    """Return the plan by which an interrupted import of the same files has begun, or a new one."""
    source = fingerprint(layout.placed, options.model_dump_json())
    begun = Plan.load(folder)
    if begun is not None and begun.source == source and begun.preprocess.decode_id == DECODE_ID:
        return begun
    chosen = options.size is not None and options.colour != "auto"
    shape = choose_shape([] if chosen else list(islice(_shapes(container, layout), LOOKED_AT)), options)
    plan = Plan(
        source=source,
        preprocess=Preprocess(image_shape=shape, resize_mode=options.resize_mode),
        grey_only=options.colour == "auto" and shape[2] == 1,
        encoding=choose_encoding(len(layout.placed) * math.prod(shape), folder),
    )
    plan.store(folder)
    return plan


def _coloured(plan: Plan, images: int, folder: Path) -> Plan:
    """Return the plan for the same set in colour."""
    shape = (*plan.preprocess.image_shape[:2], 3)
    preprocess = plan.preprocess.model_copy(update={"image_shape": shape})
    encoding = choose_encoding(images * math.prod(shape), folder)
    return plan.model_copy(update={"preprocess": preprocess, "grey_only": False, "encoding": encoding})


class _Read:
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


def _draft(title: str, layout: Layout, read: _Read, *, ink: bool | None) -> Draft:
    used = sorted({placed.label for placed in read.placed})
    _check_used(len(used), read.skipped)
    labels = np.searchsorted(used, [placed.label for placed in read.placed]).astype(np.int32)
    names = tuple(layout.class_names[label] for label in used)
    facts = read.facts
    parts = make_parts(labels, [placed.split for placed in read.placed], facts)
    rule = _ink_rule(read.shards.open(read.preprocess), names, ink)
    return Draft(
        title=title,
        source="import",
        class_names=names,
        preprocess=read.preprocess.model_copy(update={"ink": rule}),
        train=parts.train,
        test=parts.test,
        validation=parts.validation,
        shards=read.shards,
        skipped=[*layout.skipped, *read.skipped],
        converted=dict(zip(facts.kinds, facts.converted.sum(axis=0).tolist(), strict=True)),
        notices=[*layout.notices, *_lost(layout, used), *parts.notices],
    )


def _ink_rule(shards: Shards, class_names: tuple[str, ...], ink: bool | None) -> InkRule | None:
    if shards.image_shape[2] != 1:
        return None
    sample = shards.take(np.arange(0, len(shards), max(1, len(shards) // SAMPLE)))
    is_ink = looks_like_ink(sample) if ink is None else ink
    return ink_rule(sample, class_names) if is_ink else None


def _check_used(classes: int, skipped: Sequence[Skipped]) -> None:
    if classes >= 2:
        return
    first = f" The first, {skipped[0].file}: {skipped[0].reason}" if skipped else ""
    raise CnnAppError(
        f"Only {classes} of the folders hold readable images and {len(skipped):,} files "
        f"could not be read: expected two classes or more.{first}"
    )


def _lost(layout: Layout, used: list[int]) -> list[str]:
    lost = [name for label, name in enumerate(layout.class_names) if label not in set(used)]
    if not lost:
        return []
    some = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
    return [f"{len(lost)} of {len(layout.class_names)} folders hold no readable image and are no classes: {some}."]


def _read(source: Source, choices: Choices, workspace: Workspace) -> Reading:  # noqa: ARG001
    return Reading(
        source=source.name, files=len(source.entries), form=FOLDERS.name, title=FOLDERS.title, class_names=(), parts=()
    )


FOLDERS = Form(
    "folders",
    "folders of images",
    find=lambda _source: True,
    read=_read,
    make=lambda source, title, choices, workspace: make((source.container, source.entries), title, choices, workspace),
)
