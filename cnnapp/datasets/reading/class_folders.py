"""Which folder below a split's is the class, and whether another reading is as good."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.result import Alternative
from cnnapp.datasets.reading.tree import Node
from cnnapp.datasets.reading.words import is_frame, is_mask, meaning_of

MOST_CLASSES = 1000
DEEPEST = 4  # folders below the first that may be classes; more are never asked about


class Depth(NamedTuple):
    """A reading in which the class is so many folders below the first one that may be it."""

    depth: int
    names: tuple[str, ...]  # of its classes
    covered: int  # images that have a class then

    def alternative(self) -> Alternative:
        """Return it as an answer to a question."""
        some = ", ".join(self.names[:4]) + (" …" if len(self.names) > 4 else "")
        return Alternative(value=str(self.depth + 1), title=f"{len(self.names):,} classes: {some}")


def class_level(node: Node, known: frozenset[str] = frozenset()) -> Node:
    """Go down from a split's folder to the one whose children are classes; `known` are folded names of classes."""
    while not node.files and len(node.children) == 1:
        child = next(iter(node.children.values()))
        if fold(child.name) in known:
            break
        if not known and not child.children and not is_frame(child.name) and meaning_of(child.name) is None:
            break  # one folder of images is one class
        node = child
    return node


def possible_depths(levels: Sequence[Node]) -> list[Depth]:
    """Return the readings that give two or more classes of two or more images, the outermost first."""
    inner = [entry.parts[len(level.path) : -1] for level in levels for entry in level.entries()]
    found, before = [], -1
    for depth in range(DEEPEST):
        deep = [folders for folders in inner if len(folders) > depth]
        ways = len({folders[: depth + 1] for folders in deep})
        counts = Counter(fold(folders[depth]) for folders in deep)
        names = tuple(sorted({folders[depth] for folders in deep}))
        if not deep or 2 * len(deep) < len(inner):
            break
        two = sum(count > 1 for count in counts.values())
        if ways > before and two > 1 and len(counts) <= MOST_CLASSES and not all(map(_says_no_class, names)):
            found.append(Depth(depth, names, len(deep)))
        before = ways
    return found


def labels_at(level: Node, depth: int) -> dict[Entry, str]:
    """Give each image below `level` its class, where its folders reach so deep."""
    at = len(level.path) + depth
    return {entry: entry.parts[at] for entry in level.entries() if len(entry.parts) > at + 1}


def _says_no_class(name: str) -> bool:
    return is_frame(name) or is_mask(name) or meaning_of(name) is not None
