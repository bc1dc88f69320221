"""The folders of a source as a tree, with the images that lie directly in each."""

from collections.abc import Iterable, Iterator, Mapping

from cnnapp.datasets.containers import Entry, shown
from cnnapp.errors import CnnAppError

Path = tuple[str, ...]


MOST_FOLDERS = 250_000  # each takes some 300 bytes; a small archive may name millions


class Node:
    """One folder that has images in it or below it."""

    __slots__ = ("children", "files", "images", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.children: dict[str, Node] = {}
        self.files: list[Entry] = []  # directly in it
        self.images = 0  # in it and below

    @property
    def name(self) -> str:
        """Its own name, "" of the root."""
        return self.path[-1] if self.path else ""

    @property
    def shown(self) -> str:
        """Its path as text, "." for the root; a key of `Choices.roles`."""
        return shown("/".join(self.path)) or "."

    def walk(self) -> Iterator["Node"]:
        """Go through it and all folders below."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children.values())

    def entries(self) -> list[Entry]:
        """All images in it and below."""
        return [entry for node in self.walk() for entry in node.files]


def grow(entries: Iterable[Entry]) -> Node:
    """Make the tree of some files; raises CnnAppError when they have more folders than anyone needs."""
    root = Node(())
    nodes: dict[Path, Node] = {(): root}
    for entry in entries:
        folder = entry.parts[:-1]
        node = nodes.get(folder) or _reach(nodes, folder)
        node.files.append(entry)
    _count(root)
    return root


def cut(root: Node, path: Path) -> Node | None:
    """Take the folder at `path` out of the tree; folders left without images go, too. None: there is no such folder."""
    way = [root]
    for part in path:
        below = way[-1].children.get(part)
        if below is None:
            return None
        way.append(below)
    node = way[-1]
    if node is root:
        return None
    for above in way[:-1]:
        above.images -= node.images
    for above, below in zip(reversed(way[:-1]), reversed(way), strict=False):
        if below is node or not below.images:
            del above.children[below.name]
    return node


def by_shown(root: Node, wanted: Iterable[str]) -> Mapping[str, Node]:
    """Find folders by their paths as they are shown."""
    left = set(wanted)
    return {node.shown: node for node in root.walk() if node.shown in left} if left else {}


def _reach(nodes: dict[Path, Node], folder: Path) -> Node:
    for depth in range(1, len(folder) + 1):
        path = folder[:depth]
        if path not in nodes:
            if len(nodes) > MOST_FOLDERS:
                raise CnnAppError(
                    f"There are more than {MOST_FOLDERS:,} folders in it: split it into smaller data sets."
                )
            nodes[path] = nodes[path[:-1]].children.setdefault(path[-1], Node(path))
    return nodes[folder]


def _count(root: Node) -> None:
    nodes = list(root.walk())
    for node in reversed(nodes):  # below before above
        node.images = len(node.files) + sum(child.images for child in node.children.values())
