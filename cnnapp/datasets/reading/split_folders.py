"""Where in a tree the folders of training, validation and test images stand: above the classes, or below each."""

from itertools import combinations
from typing import NamedTuple

from cnnapp.datasets.reading.choices import Role
from cnnapp.datasets.reading.class_folders import class_level
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.tree import Node
from cnnapp.datasets.reading.words import Meaning, meaning_of, means_either

_SPLITS: tuple[Role, ...] = ("train", "validation", "test")


class Branch(NamedTuple):
    """A folder whose images get one role."""

    role: Role
    node: Node
    label: str = ""  # the class, where it stands above the split
    source: str = ""  # the set, where a source holds several


class Branches(NamedTuple):
    """How a tree is divided."""

    branches: list[Branch]
    extras: list[Node]  # folders beside those of the splits
    strays: list[Node]  # folders whose direct files lie beside the splits' folders
    above: bool = False  # the class stands above the split
    sets: tuple[str, ...] = ()  # names of several sets side by side, each with splits of its own


def divide(root: Node) -> Branches:
    """Find the folders of splits by their names; without any, all below `root` is one branch of training images."""
    root, role = _below_wrappers(root)
    parents = _split_parents(root)
    if role is not None and not any(_has_classes(child) for node in parents for child in split_children(node)):
        parents = []  # below a split's folder, `train` and `test` without folders are classes called so
    if not parents:
        return Branches([Branch(role or "train", root)], [], [])
    if len(parents) == 1:
        branches = _named_after_classes([Branch(kind, child) for child, kind in split_children(parents[0]).items()])
        return Branches(branches, *_around(root, branches), above=any(branch.label for branch in branches))
    above = not any(_has_classes(child) for node in parents for child in split_children(node))
    branches = [
        Branch(kind, child, node.name if above else "", node.shown)
        for node in parents
        for child, kind in split_children(node).items()
    ]
    sets = () if above else tuple(node.shown for node in parents)
    return Branches(branches, *_around(root, branches), above, sets)


def _named_after_classes(branches: list[Branch]) -> list[Branch]:
    """Give branches their classes where the folders are called by both (`cats_train`, `dogs_train`, `cats_test`)."""
    labels = [meaning.rest if (meaning := meaning_of(branch.node.name)) else "" for branch in branches]
    classes = {role: {label for label, b in zip(labels, branches, strict=True) if b.role == role} for role in _SPLITS}
    if len(classes["train"]) < 2 or "" in labels or any(branch.node.children for branch in branches):
        return branches
    return [branch._replace(label=label) for branch, label in zip(branches, labels, strict=True)]


def split_children(node: Node) -> dict[Node, Role]:
    """Return a folder's children that are splits, with the split of each; none unless their names agree on it."""
    meanings = {child: meaning for child in node.children.values() if (meaning := meaning_of(child.name))}
    meanings = _paired(meanings)
    clear = {meaning.role for meaning in meanings.values() if meaning.rank < 2}
    if len(clear - {"unlabelled"}) < 2 and not _only_training(node, meanings, clear):
        return {}
    found: dict[Node, Role] = {}
    for role in {meaning.role for meaning in meanings.values()}:
        best = min(meaning.rank for meaning in meanings.values() if meaning.role == role)
        found |= {child: role for child, meaning in meanings.items() if meaning[:2] == (role, best)}
    return {child: found[child] for child in node.children.values() if child in found}


def _paired(meanings: dict[Node, Meaning]) -> dict[Node, Meaning]:
    """Raise what is said alike of two splits (`shop_train`, `shop_test`), and tell what an evaluation part is."""
    roles_of: dict[str, set[Role]] = {}
    for meaning in meanings.values():
        roles_of.setdefault(meaning.rest, set()).add(meaning.role)
    exact = {meaning.role for child, meaning in meanings.items() if not means_either(child.name)}
    paired = {}
    for child, (role, rank, rest) in meanings.items():
        kind: Role = (
            "validation" if means_either(child.name) and "test" in exact and "validation" not in exact else role
        )
        paired[child] = Meaning(kind, 1 if rank == 2 and len(roles_of[rest]) > 1 else rank, rest)
    return paired


def _only_training(node: Node, meanings: dict[Node, Meaning], clear: set[Role]) -> bool:
    """Whether a folder of training images stands alone, or beside what is no set of classes of its own."""
    if "train" not in clear:
        return False
    others = [child for child in node.children.values() if child not in meanings]
    train = [child for child, meaning in meanings.items() if meaning.role == "train" and meaning.rank < 2]
    if any(_has_classes(child) for child in train):
        return not any(_has_classes(child) for child in others)
    return not others and any(meaning.role == "unlabelled" for meaning in meanings.values())


def _has_classes(node: Node) -> bool:
    return len(class_level(node).children) > 1


def _share_classes(node: Node) -> bool:
    """Whether two of a folder's splits have two classes in common."""
    names = [{fold(name) for name in class_level(child).children} for child in split_children(node)]
    return any(len(one & other) > 1 for one, other in combinations(names, 2))


def _below_wrappers(node: Node) -> tuple[Node, Role | None]:
    """Go down while there is one way only; a split's name on it is that of all images."""
    role: Role | None = None
    while not node.files and len(node.children) == 1:
        node = next(iter(node.children.values()))
        meaning = meaning_of(node.name)
        if meaning is not None and meaning.rank < 2 and meaning.role != "unlabelled":
            role = meaning.role
    return node, role


def _split_parents(root: Node) -> list[Node]:
    """Return the highest folders that have splits as children: those of half of all images, or of the same classes."""
    level = [root]
    while level:
        parents = [node for node in level if node.children and split_children(node)]
        if parents:
            most = 2 * sum(node.images for node in parents) >= root.images
            return parents if most else [node for node in parents if _share_classes(node)]
        level = [child for node in level for child in node.children.values()]
    return []


def _around(root: Node, branches: list[Branch]) -> tuple[list[Node], list[Node]]:
    """Return the folders beside the branches, and those on the way to them that have files of their own."""
    chosen = {branch.node for branch in branches}
    on_the_way = {branch.node.path[:depth] for branch in branches for depth in range(len(branch.node.path))}
    extras, strays, waiting = [], [], [root]
    while waiting:
        node = waiting.pop()
        if node in chosen:
            continue
        if node.path not in on_the_way:
            extras.append(node)
            continue
        if node.files:
            strays.append(node)
        waiting += reversed(node.children.values())
    return extras, strays
