"""Import of image files in folders of classes, from a folder or an archive."""

import math
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.facts import FileFacts, ImageFacts
from cnnapp.datasets.image_options import SMALLEST, ImageOptions
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.sources.decoding import ColourFoundError, Decoder
from cnnapp.datasets.sources.ink_guess import SAMPLE, ink_rule, looks_like_ink
from cnnapp.datasets.sources.layout import Layout, Placed, find_layout, is_called_image, list_files
from cnnapp.datasets.sources.parts import ImagesOnDisk, make_parts
from cnnapp.errors import CnnAppError
from cnnapp.images import InkRule, Preprocess, decode
from cnnapp.settings import settings

USUAL_SIZE = 64  # of photos, unless somebody chooses otherwise
KEPT_SIZE = 128  # sets whose images all have one size keep it up to here
LOOKED_AT = 64  # files by which size and colour are chosen

Shape = tuple[int, int, int]


@dataclass
class _Images:
    """What came of the files; `placed` are those whose images are in the file `pixels`, in that order."""

    pixels: Path
    placed: list[Placed] = field(default_factory=list)
    facts: list[FileFacts] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def make(
    given: tuple[Container, Sequence[Entry]],
    title: str,
    options: ImageOptions,
    *,
    ink: bool | None,
    workspace: Workspace,
) -> Draft:
    """Make a draft of a container's images; those that cannot be read are skipped, with the reason.

    Args:
        given: a folder or an archive with one of the layouts of `layout`, and its files.
        title: what its user calls the set.
        options: size, resize mode and colour of the set's images.
        ink: whether these are pen-and-ink images; None: guess by their pixels.
        workspace: takes the decoded images.

    Raises:
        CnnAppError: there are no two classes of readable images, or the archive is damaged or hostile.
    """
    container, entries = given
    layout = _find_layout(container, entries)
    shape = choose_shape(list(islice(_shapes(container, layout), LOOKED_AT)), options)
    preprocess = Preprocess(image_shape=shape, resize_mode=options.resize_mode)
    grey_only = options.colour == "auto" and shape[2] == 1
    try:
        images = _read(container, layout, Decoder(preprocess, grey_only=grey_only), workspace)
    except ColourFoundError:
        preprocess = preprocess.model_copy(update={"image_shape": (*shape[:2], 3)})
        images = _read(container, layout, Decoder(preprocess, grey_only=False), workspace)
    return _draft(title, layout, images, ink=ink, preprocess=preprocess)


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


def _read(container: Container, layout: Layout, decoder: Decoder, workspace: Workspace) -> _Images:
    """Decode all files into one file of pixels."""
    shape, total = decoder.image_shape, len(layout.placed)
    _check_room(total * math.prod(shape), workspace)
    by_entry = {placed.entry.key: placed for placed in layout.placed}
    images = _Images(workspace.folder / "images.raw")
    with images.pixels.open("wb") as file:
        contents = container.read([placed.entry for placed in layout.placed])
        for number, image in enumerate(decoder.run(contents), 1):
            if image.pixels is None or image.facts is None:
                images.skipped.append(Skipped(file=image.entry.shown, reason=image.problem))
            else:
                file.write(image.pixels.data)
                images.placed.append(by_entry[image.entry.key])
                images.facts.append(image.facts)
            workspace.report("Reading the images", number, total)
    return images


def _check_room(need: int, workspace: Workspace) -> None:
    limit, free = settings().max_dataset_bytes, shutil.disk_usage(workspace.folder).free
    if need > limit or 2 * need > free:  # once while it is read, once in the library
        raise CnnAppError(
            f"The images would take {need / 1e9:,.1f} GB, twice that while they are imported; {limit / 1e9:,.1f} GB "
            f"are allowed (CNNAPP_MAX_DATASET_MB) and the disk has {free / 1e9:,.1f} GB left: choose a smaller size."
        )


def _draft(title: str, layout: Layout, images: _Images, *, ink: bool | None, preprocess: Preprocess) -> Draft:
    used = sorted({placed.label for placed in images.placed})
    _check_used(len(used), images)
    labels = np.searchsorted(used, [placed.label for placed in images.placed]).astype(np.int32)
    names = tuple(layout.class_names[label] for label in used)
    pixels = ImagesOnDisk(images.pixels, (len(labels), *preprocess.image_shape))
    facts = ImageFacts.of(images.facts)
    parts = make_parts(pixels, labels, [placed.split for placed in images.placed], facts)
    return Draft(
        title=title,
        source="import",
        class_names=names,
        preprocess=preprocess.model_copy(update={"ink": _ink_rule(pixels, names, ink)}),
        train=parts.train,
        test=parts.test,
        validation=parts.validation,
        skipped=[*layout.skipped, *images.skipped],
        converted=dict(zip(facts.kinds, facts.converted.sum(axis=0).tolist(), strict=True)),
        notices=[*layout.notices, *_lost(layout, used), *parts.notices],
    )


def _ink_rule(pixels: ImagesOnDisk, class_names: tuple[str, ...], ink: bool | None) -> InkRule | None:
    count, *_, channels = pixels.shape
    if channels != 1:
        return None
    sample = pixels.take(np.arange(0, count, max(1, count // SAMPLE)))
    is_ink = looks_like_ink(sample) if ink is None else ink
    return ink_rule(sample, class_names) if is_ink else None


def _check_used(classes: int, images: _Images) -> None:
    if classes >= 2:
        return
    first = f" The first, {images.skipped[0].file}: {images.skipped[0].reason}" if images.skipped else ""
    raise CnnAppError(
        f"Only {classes} of the folders hold readable images and {len(images.skipped):,} files "
        f"could not be read: expected two classes or more.{first}"
    )


def _lost(layout: Layout, used: list[int]) -> list[str]:
    lost = [name for label, name in enumerate(layout.class_names) if label not in set(used)]
    if not lost:
        return []
    some = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
    return [f"{len(lost)} of {len(layout.class_names)} folders hold no readable image and are no classes: {some}."]
