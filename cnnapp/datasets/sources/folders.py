"""Folders of images: splits, classes and what is neither, found by looking at the whole tree."""

from collections.abc import Iterator
from typing import get_args

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.reading import Choices, Role, Source
from cnnapp.datasets.reading.class_folders import class_level, labels_at
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.label_lists import labels_of_list, lists_of
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.name_classes import labels_in_names
from cnnapp.datasets.reading.questions import choose_depth, choose_set
from cnnapp.datasets.reading.refusals import check_classes
from cnnapp.datasets.reading.sorting import are_pictures, cut_copies, cut_masks, skip_others, sort_out
from cnnapp.datasets.reading.split_folders import Branch, Branches, divide
from cnnapp.datasets.reading.telling import Kind, some, tell
from cnnapp.datasets.reading.tree import Node, by_shown, cut, grow
from cnnapp.datasets.reading.words import means_unlabelled

NAME, TITLE = "folders", "folders of images"
BY_NAME = "class in the file name"
_ANY_ROLE: tuple[Role, ...] = ("train", "validation", "test", "unlabelled")


def lay_out(source: Source, choices: Choices, workspace: Workspace) -> Layout:
    """Find out where each file goes.

    Raises:
        CnnAppError: there are no two classes, or a choice names what is not there.
    """
    workspace.report("Looking for classes", 0, 0)
    findings = Findings(roles=get_args(Role))
    images, others = sort_out(source.entries, findings)
    pictures = are_pictures(images)
    root = grow(pictures)
    forced = _cut_chosen(root, choices, findings)
    cut_masks(root, findings)
    cut_copies(root, findings)
    divided = choose_set(divide(root), choices, findings)
    reader = _Reader(source, root, others, findings)
    reader.read([*divided.branches, *forced], choices)
    if choices.test_from == "validation":
        findings.test_with_validation()
    _leave_rest(divided, findings)
    _place_odd(set(images) - set(pictures), findings)
    skip_others([entry for entry in others if entry not in set(findings.lists)], findings)
    check_classes(source, findings)
    return tell(source, Kind(NAME, reader.title(divided)), findings)


class _Reader:
    """Gives every image of the branches its class."""

    def __init__(self, source: Source, root: Node, others: list[Entry], findings: Findings) -> None:
        self._source, self._root, self._others, self._findings = source, root, others, findings
        self._known: frozenset[str] = frozenset()  # folded names of the classes
        self._by_name = False

    def title(self, divided: Branches) -> str:
        """Return what the reading is called."""
        if self._by_name:
            return BY_NAME
        if divided.above:
            return "folders of splits in each class's"
        roles = {branch.role for branch in divided.branches}
        splits = [role for role in ("train", "validation", "test") if role in roles]
        return f"{' / '.join(splits)} folders" if len(splits) > 1 else "a folder for each class"

    def read(self, branches: list[Branch], choices: Choices) -> None:
        """Read all branches, those of training images first: they know the classes."""
        labelled = sorted((b for b in branches if b.role != "unlabelled"), key=lambda b: b.role != "train")
        for branch in labelled:
            if branch.label:
                self._place(branch, dict.fromkeys(branch.node.entries(), branch.label))
        below = [branch for branch in labelled if not branch.label]
        levels = dict(self._levels(below))
        self._read_folders({branch: level for branch, level in levels.items() if level.children}, choices)
        for branch, level in levels.items():
            if not level.children:
                self._read_files(branch, level)
        for branch in branches:
            if branch.role == "unlabelled":
                self._leave(class_level(branch.node))

    def _levels(self, branches: list[Branch]) -> Iterator[tuple[Branch, Node]]:
        for branch in branches:
            level = class_level(branch.node, self._known)
            for child in list(level.children.values()):
                if means_unlabelled(child.name) and len(level.children) > 2:
                    cut(self._root, child.path)
                    self._leave(child)
            if branch.role == "train":
                self._known |= {fold(name) for name in level.children}
            yield branch, level

    def _read_folders(self, levels: dict[Branch, Node], choices: Choices) -> None:
        if not levels:
            return
        depth = choose_depth(list(levels.values()), choices, self._findings)
        labels = {branch: labels_at(level, depth) for branch, level in levels.items()}
        self._known = frozenset(fold(label) for found in labels.values() for label in set(found.values()))
        for branch, level in levels.items():
            self._place(branch, labels[branch], level)
            rest = [entry for entry in level.entries() if entry not in labels[branch]]
            self._findings.skip(rest, "it lies in no class's folder")
            self._tell_empty(level)

    def _read_files(self, branch: Branch, level: Node) -> None:
        """Find the classes of a branch whose pictures lie in one folder."""
        if fold(level.name) in self._known:
            self._place(branch, dict.fromkeys(level.files, level.name), level)
            return
        labels = self._listed(level) if self._known else {}
        if not labels:
            labels = labels_in_names(level.files, self._known)
            self._tell_names(labels, level)
        if not labels:
            self._leave(level)
            return
        self._known |= {fold(label) for label in set(labels.values())}
        self._place(branch, labels, level)
        rest = [entry for entry in level.files if entry not in labels]
        self._findings.skip(rest, "no class is known of it, as of the files beside it")

    def _listed(self, level: Node) -> dict[Entry, str]:
        folder = level.path[:-1] if len(level.path) > 1 else level.path
        for listing in [*lists_of(level.path, self._others), *lists_of(folder, self._others)]:
            if labels := labels_of_list(self._source, listing, level.files, self._known):
                self._findings.lists.append(listing)
                self._findings.notices.append(
                    f"The classes of {level.shown} were read from {listing.shown}: {len(labels):,} pictures."
                )
                return labels
        return {}

    def _tell_names(self, labels: dict[Entry, str], level: Node) -> None:
        if labels:
            self._by_name = True
            entry, label = next(iter(labels.items()))
            self._findings.notices.append(
                f"No folders give classes in {level.shown}: they were read from the file names, as {label} in "
                f"{entry.parts[-1]}."
            )

    def _place(self, branch: Branch, labels: dict[Entry, str], level: Node | None = None) -> None:
        if branch.role in ("train", "validation", "test"):
            folder = (level or branch.node).shown
            self._findings.spots += [Spot(entry, branch.role, label, folder) for entry, label in labels.items()]

    def _leave(self, node: Node) -> None:
        entries = node.entries()
        reason = f"its {len(entries):,} pictures have no class" if len(entries) != 1 else "its picture has no class"
        self._findings.leave(node.shown, entries, reason, _ANY_ROLE)

    def _tell_empty(self, level: Node) -> None:
        """Tell of folders beside the classes in which nothing is an image."""
        depth = len(level.path)
        beside = {e.parts[depth] for e in self._others if e.parts[:depth] == level.path and len(e.parts) > depth + 1}
        empty = sorted(name for name in beside if fold(name) not in self._known)
        if empty:
            self._findings.notices.append(
                f"{len(empty)} of the folders beside the classes hold no images and are no classes: {some(empty)}."
            )


def _cut_chosen(root: Node, choices: Choices, findings: Findings) -> list[Branch]:
    """Take the folders out of the tree of which a person has said what they are; return those with a split."""
    branches = []
    chosen = by_shown(root, choices.roles)
    for folder, node in sorted(chosen.items(), key=lambda pair: -len(pair[1].path)):
        role, taken = choices.roles[folder], cut(root, node.path)
        if taken is None or not taken.images:
            continue
        if role == "left out":
            findings.leave(folder, taken.entries(), "it was left out by choice", _ANY_ROLE)
        elif role == "unlabelled":
            findings.unlabelled += [(folder, entry) for entry in taken.entries()]
        else:
            branches.append(Branch(role, taken))
    unknown = sorted(set(choices.roles) - set(chosen))
    if unknown:
        findings.notices.append(f"There is no folder {some(unknown)} in it, so what was chosen for it changes nothing.")
    return branches


def _leave_rest(divided: Branches, findings: Findings) -> None:
    for node in divided.extras:
        findings.leave(node.shown, node.entries(), "it lies beside the folders of the splits", _ANY_ROLE)
    for node in divided.strays:
        findings.skip(node.files, "it lies in no class's folder")


def _place_odd(entries: set[Entry], findings: Findings) -> None:
    """Place files whose names do not tell their kind with the images around them."""
    places = {spot.entry.parts[:-1]: spot for spot in findings.spots}
    for entry in sorted(entries):
        folders = (entry.parts[:depth] for depth in range(len(entry.parts) - 1, 0, -1))
        near = next((places[folder] for folder in folders if folder in places), None)
        if near is None:
            findings.skip([entry], "it lies in no class's folder")
        else:
            findings.spots.append(near._replace(entry=entry))
