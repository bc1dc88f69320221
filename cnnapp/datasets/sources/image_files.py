"""Import of image files in folders of classes, from a folder or an archive."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from cnnapp.datasets.containers import Container
from cnnapp.datasets.drafts import Draft, Report, Workspace
from cnnapp.datasets.group_rule import GroupRule
from cnnapp.datasets.grouping import Grouping, Members, group_images
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading import Choices, Form, Reading, Source
from cnnapp.datasets.reading.answers import check_answered
from cnnapp.datasets.reading.layout import LayOut, Layout
from cnnapp.datasets.shards import ShardedImages, Shards
from cnnapp.datasets.sources.decoding import UnplannedError
from cnnapp.datasets.sources.image_shape import LOOKED_AT, choose_shape, first_shapes
from cnnapp.datasets.sources.ink_guess import SAMPLE, find_ink
from cnnapp.datasets.sources.part import Part
from cnnapp.datasets.sources.parts import make_parts
from cnnapp.datasets.sources.pixels import range_notice
from cnnapp.datasets.sources.plan import Plan, choose_encoding, fingerprint
from cnnapp.datasets.sources.read_files import ReadFiles, read_unlabelled
from cnnapp.datasets.sources.reading import find_set_range, read_parts
from cnnapp.datasets.sources.samples import with_pictures
from cnnapp.errors import CnnAppError
from cnnapp.images import DECODE_ID, InkRule, Preprocess

MOST_TOLD = 8  # left out folders, in notices
DEEP = {"16-bit scaled", "float scaled"}  # conversions of images that have more than 8 bits


def form(name: str, title: str, find: Callable[[Source], bool], lay_out: LayOut) -> Form:
    """Return the row of a form of image files, which says itself only where each file goes."""

    def read(source: Source, choices: Choices, workspace: Workspace) -> Reading:
        return with_pictures(source, lay_out(source, choices, workspace), choices, workspace)

    def make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
        layout = lay_out(source, choices, workspace)
        check_answered(layout.reading, choices)
        return make_draft(source, title, layout, choices=choices, workspace=workspace)

    return Form(name, title, find, read, make)


def make_draft(source: Source, title: str, layout: Layout, *, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of the images that have a place; those that cannot be read are skipped, with the reason.

    Args:
        source: holds the files.
        title: what its user calls the set.
        layout: of the source, under the same choices.
        choices: size, resize mode and colour of the set's images, and whether they are pen and ink.
        workspace: takes the decoded images.

    Raises:
        CnnAppError: there are no two classes of readable images, or the archive is damaged or hostile.
    """
    container = source.container
    plan = _plan(container, layout, choices, workspace.folder)
    parts, plan = _read_as_planned(container, layout, plan, workspace)
    read = ReadFiles(parts, layout.placed, plan, workspace.folder)
    draft = _draft(
        title, layout, read, _group(layout, read, choices.group_rule, workspace.report), ink=choices.wants_ink
    )
    if layout.unlabelled:
        unlabelled, skipped = read_unlabelled(container, layout.unlabelled, plan, workspace)
        draft = replace(draft, unlabelled=unlabelled, skipped=[*draft.skipped, *skipped])
    return draft


def _read_as_planned(container: Container, layout: Layout, plan: Plan, workspace: Workspace) -> tuple[list[Part], Plan]:
    """Read all files by `plan`, or by a better one; return what was read, and by which plan."""
    while True:  # at most three times: each surprise is planned for when it comes again
        try:
            return read_parts(container, layout.placed, plan, workspace), plan
        except UnplannedError as found:
            if found.kind == "colour":
                plan = _coloured(plan, len(layout.placed), workspace.folder)
            else:
                plan = _ranged(plan, container, layout, workspace)
            plan.store(workspace.folder)


def _plan(container: Container, layout: Layout, choices: Choices, folder: Path) -> Plan:
    """Return the plan by which an interrupted import of the same files has begun, or a new one."""
    source, options = fingerprint(layout.placed, choices.model_dump_json()), choices.images
    begun = Plan.load(folder)
    if begun is not None and begun.source == source and begun.preprocess.decode_id == DECODE_ID:
        return begun
    chosen = options.size is not None and options.colour != "auto"
    files = [placed.entry for placed in layout.placed]
    shape = choose_shape([] if chosen else list(islice(first_shapes(container, files), LOOKED_AT)), options)
    plan = Plan(
        source=source,
        preprocess=Preprocess(image_shape=shape, resize_mode=options.resize_mode, value_range=choices.pixel_range),
        grey_only=options.colour == "auto" and shape[2] == 1,
        ranged=choices.pixel_range is not None,
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


def _ranged(plan: Plan, container: Container, layout: Layout, workspace: Workspace) -> Plan:
    """Return the plan for the same set with the range of its 16-bit images."""
    value_range = find_set_range(container, layout.placed, plan, workspace)
    preprocess = plan.preprocess.model_copy(update={"value_range": value_range})
    return plan.model_copy(update={"preprocess": preprocess, "ranged": True})


def _group(layout: Layout, read: ReadFiles, rule: GroupRule, report: Report) -> Grouping:
    labels = np.array([placed.label for placed in read.placed], np.int32)
    if not len(labels):
        return Grouping()
    images = ShardedImages(read.shards.open(read.preprocess), np.arange(len(labels)))
    values = [layout.group_values.get(placed.entry, "") for placed in read.placed] if layout.group_values else None
    given = any(placed.split == "test" for placed in layout.placed)
    return group_images(rule, Members(images, labels, read.facts.files, values), report, splits_given=given)


def _draft(title: str, layout: Layout, read: ReadFiles, grouping: Grouping, *, ink: bool | None) -> Draft:
    used = sorted({placed.label for placed in read.placed})
    _check_used(len(used), read.skipped)
    labels = np.searchsorted(used, [placed.label for placed in read.placed]).astype(np.int32)
    names = tuple(layout.reading.class_names[label] for label in used)
    facts = read.facts
    parts = make_parts(labels, [placed.split for placed in read.placed], facts, grouping)
    rule, ink_notice = _find_ink(read.shards.open(read.preprocess), names, ink)
    preprocess = read.preprocess.model_copy(update={"ink": rule})
    return Draft(
        title=title,
        source="import",
        class_names=names,
        preprocess=preprocess,
        train=parts.train,
        test=parts.test,
        validation=parts.validation,
        shards=read.shards,
        skipped=[*layout.skipped, *read.skipped],
        converted=dict(zip(facts.kinds, facts.converted.sum(axis=0).tolist(), strict=True)),
        notices=[
            *layout.reading.notices,
            *_told(layout),
            *_lost(layout, used),
            *parts.notices,
            *_range_notice(read),
            *ink_notice,
        ],
        split_notices=parts.notices,
        group_rule=grouping.rule,
    )


def _find_ink(shards: Shards, class_names: tuple[str, ...], ink: bool | None) -> tuple[InkRule | None, list[str]]:
    if shards.image_shape[2] != 1:
        return None, []
    sample = shards.take(np.arange(0, len(shards), max(1, len(shards) // SAMPLE)))
    return find_ink(sample, class_names, ink)


def _range_notice(read: ReadFiles) -> list[str]:
    value_range = read.preprocess.value_range
    return [range_notice(value_range)] if value_range is not None and DEEP.intersection(read.facts.kinds) else []


def _check_used(classes: int, skipped: Sequence[Skipped]) -> None:
    if classes >= 2:
        return
    first = f" The first, {skipped[0].file}: {skipped[0].reason}" if skipped else ""
    raise CnnAppError(
        f"Only {classes} of the folders hold readable images and {len(skipped):,} files "
        f"could not be read: expected two classes or more.{first}"
    )


def _told(layout: Layout) -> list[str]:
    """Tell of what is left out as a whole, in at most a few sentences."""
    left = layout.reading.left_out
    told = [
        f"{item.folder}: {item.files:,} {'files' if item.files > 1 else 'file'} left out, {item.reason}."
        for item in left
    ]
    return (
        told if len(told) <= MOST_TOLD else [*told[:MOST_TOLD], f"{len(left) - MOST_TOLD} more folders are left out."]
    )


def _lost(layout: Layout, used: list[int]) -> list[str]:
    lost = [name for label, name in enumerate(layout.reading.class_names) if label not in set(used)]
    if not lost:
        return []
    some = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
    return [
        f"{len(lost)} of {len(layout.reading.class_names)} folders hold no readable image and are no classes: {some}."
    ]
