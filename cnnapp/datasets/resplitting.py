"""All images of a data set split again, whole groups at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report
from cnnapp.datasets.grouping import Grouping, Members, group_images, tell_groups
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.new_splits import NewSplits
from cnnapp.datasets.splits import split_stratified
from cnnapp.errors import CnnAppError


class Resplit(NamedTuple):
    """Where the images go."""

    rows: dict[SplitName, NDArray[np.int64]]  # sorted
    grouping: Grouping


def split_again(members: Members, known: Grouping, choice: NewSplits, report: Report) -> Resplit:
    """Split all images of a set by shares, stratified as far as groups allow.

    Args:
        members: the images, of all splits.
        known: the groups that they have already; "auto" keeps them, and only they know the values of a column.
        choice: shares, seed and the rule for groups.
        report: is told how far it is.

    Raises:
        CnnAppError: the rule finds no two groups, or a part would be left without images.
    """
    grouping = _group(members, known, choice, report)
    labels, groups, count = members.labels, grouping.groups, len(members.labels)
    rest, test = split_stratified(labels, round(count * choice.test_share), choice.seed, groups, every_class=True)
    rows: dict[SplitName, NDArray[np.int64]] = {"train": rest, "test": test}
    if choice.validation_share:
        own = groups[rest] if groups is not None else None
        wanted = round(count * choice.validation_share)
        train, held_out = split_stratified(labels[rest], wanted, choice.seed, own, every_class=True)
        rows = {"train": rest[train], "validation": rest[held_out], "test": test}
    if not all(map(len, rows.values())) or len(np.unique(labels[rows["train"]])) < 2:
        raise CnnAppError(
            f"Of {count:,} images {' and '.join(f'{len(own):,} would be for {name}' for name, own in rows.items())}: "
            "expected images of two classes to train with and some in every part, so choose other shares or groups."
        )
    return Resplit(rows, grouping)


def _group(members: Members, known: Grouping, choice: NewSplits, report: Report) -> Grouping:
    rule = choice.groups
    kept = rule.kind == "auto" or (rule.kind == "column" and rule == known.rule)
    if kept and known.groups is not None and known.rule is not None:
        return known._replace(notices=(tell_groups(known.groups, known.rule),))
    return group_images(rule, members, report, splits_given=False)
