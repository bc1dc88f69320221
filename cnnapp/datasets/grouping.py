"""The groups of a set that is being made, by the rule that was asked for, and what is told about them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Report
from cnnapp.datasets.group_rule import GroupRule, find_groups
from cnnapp.datasets.splits import ALONE, Groups
from cnnapp.datasets.store import Images
from cnnapp.errors import CnnAppError

MOST_COMPARED = 10_000  # images that are compared without being asked to: 5 seconds


class Members(NamedTuple):
    """What groups are told by: n images in the order of their rows."""

    images: Images  # uint8 (n, h, w, c)
    labels: NDArray[np.int32]
    files: Sequence[str] | None = None  # n paths inside the source; None: they were arrays
    values: Sequence[str] | None = None  # n values of the rule's column


class Grouping(NamedTuple):
    """Groups of n images, by which rule, and sentences about them."""

    groups: Groups | None = None  # None: every image stands alone
    rule: GroupRule | None = None
    notices: tuple[str, ...] = ()


def group_images(rule: GroupRule, members: Members, report: Report, *, splits_given: bool) -> Grouping:
    """Find out which images belong together; workers only.

    Args:
        rule: "auto" compares images where the app makes the split and they are at most MOST_COMPARED.
        members: the images.
        report: is told how far it is.
        splits_given: the set comes with a test part of its own.

    Raises:
        CnnAppError: the rule finds no two groups, or needs names of files that were arrays.
    """
    if rule.kind == "none" or (rule.kind == "auto" and splits_given):
        return Grouping()
    if rule.kind == "auto" and len(members.labels) > MOST_COMPARED:
        return Grouping(
            notices=(
                f"Images that look alike were not kept together, since there are more than {MOST_COMPARED:,}: split "
                "the set again by “images that look alike” on the Data set page if it has frames of bursts or videos.",
            )
        )
    if rule.kind in ("auto", "alike"):
        return _by_looks(rule, members, report)
    if members.files is None and rule.kind != "column":
        raise CnnAppError("The images were arrays, not files with names: choose another group rule.")
    groups = find_groups(rule, members.files or [""] * len(members.labels), members.values)
    return Grouping(groups, rule, (tell_groups(groups, rule),))


def tell_groups(groups: Groups, rule: GroupRule) -> str:
    """Say how many images belong together, and why."""
    together = int((groups != ALONE).sum())
    number = len(np.unique(groups[groups != ALONE]))
    looks = "because they look alike (saved again, or frames of a burst)"
    return (
        f"{together:,} of {len(groups):,} images belong to {number:,} {'group' if number == 1 else 'groups'}, "
        f"{looks if rule.kind == 'alike' else f'by {rule.words}'}: the images of a group are only ever trained on, or "
        "only ever tested with."
    )


def _by_looks(rule: GroupRule, members: Members, report: Report) -> Grouping:
    from cnnapp.datasets.quality.alike import find_alike

    found = find_alike(members.images, members.labels, members.files, report)
    split_all_the_same = (
        f"{found.dissolved:,} {'group' if found.dissolved == 1 else 'groups'} of images that look alike hold most of a "
        "class and were split all the same: test results of that class may look better than they are."
    )
    notices = (split_all_the_same,) if found.dissolved else ()
    if not (found.groups != ALONE).any():
        return Grouping(notices=notices)
    by_looks = rule.model_copy(update={"kind": "alike"})
    return Grouping(found.groups, by_looks, (tell_groups(found.groups, by_looks), *notices))
