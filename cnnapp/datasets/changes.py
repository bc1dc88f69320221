"""What a later version of a data set does not take over as it is, checked before any work is done."""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from cnnapp.datasets.manifest import ChangeCounts, Manifest, SplitName
from cnnapp.datasets.names import LONGEST
from cnnapp.datasets.new_splits import NewSplits
from cnnapp.datasets.store import PreparedDataset, Split
from cnnapp.errors import CnnAppError

WORDS: dict[SplitName, str] = {"train": "training", "validation": "validation", "test": "test"}


class Changes(BaseModel):
    """What a later version does not take over as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    excluded: dict[SplitName, frozenset[int]] = {}  # rows that are left out
    relabelled: dict[SplitName, dict[int, int]] = {}  # row -> class index; excluded rows are left out all the same
    renamed: dict[str, str] = {}  # class name -> new name; all at once, so that two can change places
    merged: dict[str, tuple[str, ...]] = {}  # new name -> the classes that become one
    split: NewSplits | None = None  # None: every image stays in its part


class NewSplit(BaseModel):
    """What becomes of one split."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    rows: NDArray[np.int64]  # those that stay, sorted
    labels: NDArray[np.int32]  # of these, among the new classes
    relabelled: int


class NewClasses(NamedTuple):
    """What becomes of the classes."""

    names: tuple[str, ...]
    label: NDArray[np.int32]  # (old classes,): place among `names`
    renamed: int
    merged: int  # old classes that are one with others


def plan(dataset: PreparedDataset, changes: Changes) -> dict[SplitName, NewSplit]:
    """Say which images stay, under which labels.

    Raises:
        CnnAppError: nothing would change, a class or a split would be left without images, or there is no such image
            or class.
    """
    classes = plan_classes(dataset.manifest, changes)
    unknown = (set(changes.excluded) | set(changes.relabelled)) - set(dataset.splits)
    if unknown:
        raise CnnAppError(f"The data set has no {WORDS[unknown.pop()]} images of its own: change the others only.")
    new = {name: _plan(name, split, changes, classes) for name, split in dataset.splits.items()}
    for name, split in dataset.splits.items():
        lost = np.setdiff1d(classes.label[split.labels], new[name].labels)
        if len(lost):
            raise CnnAppError(f"No {WORDS[name]} image of the class {classes.names[lost[0]]} would be left: keep one.")
    same = all(
        len(new[name].rows) == len(split.labels) and not new[name].relabelled for name, split in dataset.splits.items()
    )
    if same and classes.names == dataset.manifest.class_names and changes.split is None:
        raise CnnAppError("Nothing is changed, so there is no new version to make: leave images out or relabel some.")
    return new


def plan_classes(manifest: Manifest, changes: Changes) -> NewClasses:
    """Say what the classes are after the changes; raises CnnAppError when they would not be classes."""
    new_name = {old: name.strip() for old, name in changes.renamed.items()}
    for name, members in changes.merged.items():
        if twice := [old for old in members if old in new_name]:
            raise CnnAppError(f"The class {twice[0]!r} has two changes at once: rename it, or merge it once.")
        if len(set(members)) < 2:
            raise CnnAppError(f"To merge takes two classes or more, but {name!r} has {len(set(members))}: name others.")
        new_name |= dict.fromkeys(members, name.strip())
    if unknown := set(new_name) - set(manifest.class_names):
        raise CnnAppError(f"There is no class {unknown.pop()!r} to rename or merge: choose one of the data set.")
    for name in new_name.values():
        if not 0 < len(name) <= LONGEST:
            raise CnnAppError(
                f"A class's name has 1 to {LONGEST} characters, but {name[:80]!r} does not: type another."
            )
    merged = [old for members in changes.merged.values() for old in members]
    after = [new_name.get(name, name) for name in manifest.class_names]
    alone = [name for old, name in zip(manifest.class_names, after, strict=True) if old not in merged]
    twice = [name for name, times in Counter([*alone, *map(str.strip, changes.merged)]).items() if times > 1]
    if twice:
        raise CnnAppError(f"Two classes would be called {twice[0]!r}: give each a name of its own.")
    names = tuple(dict.fromkeys(after))
    if len(names) < 2:
        raise CnnAppError(f"Only the class {names[0]!r} would be left: a classifier needs at least two.")
    renamed = sum(new_name.get(old, old) != old for old in set(changes.renamed))
    return NewClasses(names, np.array([names.index(name) for name in after], np.int32), renamed, len(merged))


def describe_changes(made: ChangeCounts) -> str:
    """Say what is changed: "7 images left out, 2 relabelled, split again (15 % for testing, seed 1)"."""
    parts = [
        f"{made.left_out:,} {'image' if made.left_out == 1 else 'images'} left out" if made.left_out else "",
        f"{made.relabelled:,} relabelled" if made.relabelled else "",
        f"{made.renamed:,} {'class' if made.renamed == 1 else 'classes'} renamed" if made.renamed else "",
        f"{made.merged:,} classes merged" if made.merged else "",
        f"split again ({made.split.words})" if made.split else "",
    ]
    return ", ".join(part for part in parts if part)


def name_version(manifest: Manifest, taken: Collection[str]) -> tuple[str, str, int]:
    """Return name, title and number of a data set's next version: the first number above its own that is free."""
    own = f"-v{manifest.version}"
    base = manifest.name.removesuffix(own) if manifest.parent else manifest.name
    title = manifest.title.removesuffix(f", version {manifest.version}") if manifest.parent else manifest.title
    version = manifest.version + 1
    while f"{base}-v{version}" in taken:
        version += 1
    return f"{base}-v{version}", f"{title}, version {version}", version


def _plan(name: SplitName, split: Split, changes: Changes, classes: NewClasses) -> NewSplit:
    count, known = len(split.labels), len(classes.label)
    excluded, relabelled = changes.excluded.get(name, frozenset()), changes.relabelled.get(name, {})
    wrong = [row for row in [*excluded, *relabelled] if not 0 <= row < count]
    if wrong:
        raise CnnAppError(f"There is no {WORDS[name]} image {wrong[0]}: they are numbered from 0 to {count - 1:,}.")
    labels = split.labels.copy()
    for row, label in relabelled.items():
        if not 0 <= label < known:
            raise CnnAppError(f"There is no class number {label}: they are numbered from 0 to {known - 1}.")
        labels[row] = label
    rows = np.setdiff1d(np.arange(count), np.fromiter(excluded, np.int64, len(excluded)))
    changed = int((labels != split.labels)[rows].sum())
    return NewSplit(rows=rows, labels=classes.label[labels[rows]], relabelled=changed)
