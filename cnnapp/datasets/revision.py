"""A later version of a data set: some images left out, some given another class, some classes renamed."""

from collections import Counter
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from cnnapp.datasets import store
from cnnapp.datasets.drafts import Draft, Rows, ShardRows, rows_per_batch
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.manifest import Manifest, Parent, Skipped, SplitName
from cnnapp.datasets.names import LONGEST
from cnnapp.datasets.shards import ShardedImages
from cnnapp.datasets.store import PreparedDataset, Split
from cnnapp.errors import CnnAppError

WORDS: dict[SplitName, str] = {"train": "training", "validation": "validation", "test": "test"}


class Changes(BaseModel):
    """What a later version does not take over as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    excluded: dict[SplitName, frozenset[int]] = {}  # rows that are left out
    relabelled: dict[SplitName, dict[int, int]] = {}  # row -> class index; excluded rows are left out all the same
    renamed: dict[str, str] = {}  # class name -> new name; all at once, so that two can change places


class NewSplit(BaseModel):
    """What becomes of one split."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    rows: NDArray[np.int64]  # those that stay, sorted
    labels: NDArray[np.int32]  # of these
    relabelled: int


def plan(dataset: PreparedDataset, changes: Changes) -> dict[SplitName, NewSplit]:
    """Say which images stay, under which labels.

    Raises:
        CnnAppError: nothing would change, a class or a split would be left without images, or there is no such image
            or class.
    """
    names = rename(dataset.manifest, changes)
    unknown = (set(changes.excluded) | set(changes.relabelled)) - set(dataset.splits)
    if unknown:
        raise CnnAppError(f"The data set has no {WORDS[unknown.pop()]} images of its own: change the others only.")
    new = {name: _plan(name, split, changes, classes=len(names)) for name, split in dataset.splits.items()}
    for name, split in dataset.splits.items():
        lost = np.setdiff1d(split.labels, new[name].labels)
        if len(lost):
            raise CnnAppError(
                f"No {WORDS[name]} image of the class {dataset.manifest.class_names[lost[0]]} would be left: keep at "
                "least one."
            )
    same = all(
        len(new[name].rows) == len(split.labels) and not new[name].relabelled for name, split in dataset.splits.items()
    )
    if same and names == dataset.manifest.class_names:
        raise CnnAppError("Nothing is changed, so there is no new version to make: leave images out or relabel some.")
    return new


def _plan(name: SplitName, split: Split, changes: Changes, *, classes: int) -> NewSplit:
    count = len(split.labels)
    excluded, relabelled = changes.excluded.get(name, frozenset()), changes.relabelled.get(name, {})
    wrong = [row for row in [*excluded, *relabelled] if not 0 <= row < count]
    if wrong:
        raise CnnAppError(f"There is no {WORDS[name]} image {wrong[0]}: they are numbered from 0 to {count - 1:,}.")
    labels = split.labels.copy()
    for row, label in relabelled.items():
        if not 0 <= label < classes:
            raise CnnAppError(f"There is no class number {label}: they are numbered from 0 to {classes - 1}.")
        labels[row] = label
    rows = np.setdiff1d(np.arange(count), np.fromiter(excluded, np.int64, len(excluded)))
    return NewSplit(rows=rows, labels=labels[rows], relabelled=int((labels != split.labels)[rows].sum()))


def rename(manifest: Manifest, changes: Changes) -> tuple[str, ...]:
    """Return the classes' names after the changes; raises CnnAppError when they would not be names of classes."""
    unknown = set(changes.renamed) - set(manifest.class_names)
    if unknown:
        raise CnnAppError(f"There is no class {unknown.pop()!r} to rename: choose one of the data set.")
    names = tuple(changes.renamed.get(name, name).strip() for name in manifest.class_names)
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise CnnAppError(f"Two classes would be called {twice[0]!r}: give each a name of its own.")
    for name in changes.renamed.values():
        if not 0 < len(name.strip()) <= LONGEST:
            raise CnnAppError(
                f"A class's name has 1 to {LONGEST} characters, but {name[:80]!r} does not: type another."
            )
    return names


def name_version(manifest: Manifest, taken: Collection[str]) -> tuple[str, str, int]:
    """Return name, title and number of a data set's next version: the first number above its own that is free."""
    own = f"-v{manifest.version}"
    base = manifest.name.removesuffix(own) if manifest.parent else manifest.name
    title = manifest.title.removesuffix(f", version {manifest.version}") if manifest.parent else manifest.title
    version = manifest.version + 1
    while f"{base}-v{version}" in taken:
        version += 1
    return f"{base}-v{version}", f"{title}, version {version}", version


def revise(parent: PreparedDataset, changes: Changes, *, title: str, version: int) -> Draft:
    """Make a draft of the later version; its images are read from the parent in batches, or shared with it.

    Raises:
        CnnAppError: as `plan`.
    """
    manifest, new = parent.manifest, plan(parent, changes)
    names = rename(manifest, changes)
    skipped = _left_out(parent, changes, version)
    made = Parent(
        name=manifest.name,
        digest=parent.digest,
        left_out=len(skipped),
        relabelled=sum(split.relabelled for split in new.values()),
        renamed=sum(before != after for before, after in zip(manifest.class_names, names, strict=True)),
    )
    changed = describe_changes(made.left_out, made.relabelled, made.renamed)
    rows = {name: _rows(parent.splits[name], split, manifest.image_shape) for name, split in new.items()}
    return Draft(
        title=title,
        source="import",  # whatever the first version was: this one cannot be had again
        class_names=names,
        preprocess=manifest.preprocess,
        train=rows["train"],
        test=rows["test"],
        validation=rows.get("validation"),
        shards=store.read_shards(manifest),
        description=f"Version {version}, made of “{manifest.title}”: {changed}.",
        skipped=[*manifest.skipped, *skipped],
        converted=_converted(manifest, rows),
        notices=list(manifest.notices),
        version=version,
        parent=made,
    )


def describe_changes(left_out: int, relabelled: int, renamed: int) -> str:
    """Say what is changed: "7 images left out, 2 relabelled"; renamed are classes."""
    parts = [
        f"{left_out:,} {'image' if left_out == 1 else 'images'} left out" if left_out else "",
        f"{relabelled:,} relabelled" if relabelled else "",
        f"{renamed:,} {'class' if renamed == 1 else 'classes'} renamed" if renamed else "",
    ]
    return ", ".join(part for part in parts if part)


def _rows(split: Split, new: NewSplit, shape: tuple[int, int, int]) -> Rows | ShardRows:
    facts: ImageFacts | None = split.facts.take(new.rows) if split.facts is not None else None
    images = split.images
    if isinstance(images, ShardedImages):
        return ShardRows(new.labels, images.rows[new.rows], facts)
    step = rows_per_batch(shape, 1)

    def batches() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(new.rows), step):
            yield images[new.rows[start : start + step]]

    return Rows(new.labels, batches, facts)


def _left_out(parent: PreparedDataset, changes: Changes, version: int) -> list[Skipped]:
    """List the images that do not come along: what was offered and is not in the set."""
    return [
        Skipped(
            file=split.facts.files[row] if split.facts is not None else f"{WORDS[name]} image {row}",
            reason=f"left out of version {version}",
        )
        for name, split in parent.splits.items()
        for row in sorted(changes.excluded.get(name, ()))
    ]


def _converted(manifest: Manifest, rows: dict[SplitName, Rows | ShardRows]) -> dict[str, int]:
    facts = [part.facts for part in rows.values() if part.facts is not None]
    if not facts:  # arrays: what was converted was converted in all images
        count = sum(len(part.labels) for part in rows.values())
        return {kind: min(images, count) for kind, images in manifest.converted.items()}
    counts: Counter[str] = Counter()
    for part in facts:
        counts.update(dict(zip(part.kinds, part.converted.sum(axis=0).tolist(), strict=True)))
    return {kind: images for kind, images in counts.items() if images}
