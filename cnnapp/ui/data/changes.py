"""What the person wants to be different in the next version of a data set, collected until it is made."""

from collections import defaultdict
from dataclasses import dataclass, field

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import Finding, ImageRef, NewSplits, SplitName

_PRECEDENCE = ("train", "validation", "test")  # of images that show the same, the one in the last split stays
_KEEPS_ONE = ("exact duplicate", "near duplicate")
_LEAVES_ALL = ("flat", "dark", "bright", "blurred")


@dataclass
class Collected:
    """Changes to one data set."""

    excluded: set[ImageRef] = field(default_factory=set)
    relabelled: dict[ImageRef, int] = field(default_factory=dict)  # class indices
    renamed: dict[str, str] = field(default_factory=dict)  # class name -> new name
    merged: dict[str, tuple[str, ...]] = field(default_factory=dict)  # new name -> classes that become one
    split: NewSplits | None = None  # how all images are split again
    preselected: bool = False  # the training twins of leaks have been marked, once

    def __bool__(self) -> bool:
        return bool(self.excluded or self.relabelled or self.renamed or self.merged or self.split)

    def leave_out(self, image: ImageRef, out: bool) -> None:
        """Mark an image, or not."""
        (self.excluded.add if out else self.excluded.discard)(image)

    def relabel(self, image: ImageRef, label: int, *, own: int) -> None:
        """Give an image another class than its `own`, or its own again."""
        self.relabelled.pop(image, None)
        if label != own:
            self.relabelled[image] = label

    def rename(self, old: str, new: str) -> None:
        """Give a class another name, or its old one again."""
        self.renamed.pop(old, None)
        if new != old:
            self.renamed[old] = new

    def describe(self) -> str:
        """Say what is collected: "7 images left out, 2 relabelled"."""
        counts = datasets.ChangeCounts(
            left_out=len(self.excluded),
            relabelled=len(self.relabelled.keys() - self.excluded),
            renamed=len(self.renamed),
            merged=sum(map(len, self.merged.values())),
            split=self.split,
        )
        return datasets.describe_changes(counts)

    def request(self, name: str) -> str:
        """Ask for the version with these changes; return the job."""
        excluded: dict[SplitName, list[int]] = defaultdict(list)
        for split, row in self.excluded:
            excluded[split].append(row)
        relabelled: dict[SplitName, dict[int, int]] = defaultdict(dict)
        for (split, row), label in self.relabelled.items():
            relabelled[split][row] = label
        return datasets.request_revision(
            name,
            excluded=excluded,
            relabelled=relabelled,
            renamed_classes=self.renamed,
            merged_classes=self.merged,
            split=self.split,
        )


def collected(digest: str) -> Collected:
    """Return what this session has collected for the data set with this digest."""
    found: Collected = st.session_state.setdefault(_key(digest), Collected())
    return found


def forget_collected(digest: str) -> None:
    """Begin anew."""
    st.session_state.pop(_key(digest), None)


def suggested(finding: Finding) -> set[ImageRef]:
    """Return the images of a finding that one would usually leave out; for two labels only a person can tell."""
    if finding.kind == "leak":
        return {image for group in finding.groups for image in group if image.split != _last_split(group)}
    if finding.kind in _KEEPS_ONE:
        return {image for group in finding.groups for image in group[1:]}
    return {image for group in finding.groups for image in group} if finding.kind in _LEAVES_ALL else set()


def _last_split(group: tuple[ImageRef, ...]) -> str:
    return max((image.split for image in group), key=_PRECEDENCE.index)


def _key(digest: str) -> str:
    return f"changes-{digest}"
