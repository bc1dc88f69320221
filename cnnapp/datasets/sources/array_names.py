"""What arrays are, by their names: the habits of Keras, scikit-learn, MedMNIST, MNIST's files and numpy.savez."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from cnnapp.datasets.manifest import SplitName

Kind = Literal["images", "labels", "names"]
Split = SplitName | Literal["all"]

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("x", "image", "images", "img", "imgs", "data", "pixels", "inputs"), "images"),
    **dict.fromkeys(("y", "label", "labels", "target", "targets"), "labels"),
}
_SPLITS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "t10k", "te"), "test"),
}
_CLASS_NAMES = {"class names", "classes", "classnames", "label names", "labelnames", "target names", "targetnames"}
_NO_MEANING = {
    "idx",
    "idx1",
    "idx3",
    "idx4",
    "ubyte",
    "byte",
    "short",
    "int",
    "float",
    "double",
    "gz",
    "set",
    "npy",
    "array",
    "dataset",
}
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_POSITION = re.compile(r"arr_(\d{1,3})")
NO_IMAGES = "it has no images"
ORDER: tuple[SplitName, ...] = ("train", "validation", "test")


class Meaning(NamedTuple):
    """What one array is."""

    kind: Kind
    split: Split
    rest: str  # the words of its name that say neither: the set, where several lie side by side


class Pair(NamedTuple):
    """The arrays of one split, by their names."""

    images: str
    labels: str


class NamedSet(NamedTuple):
    """Arrays that make a data set."""

    pairs: dict[SplitName, Pair]  # "train" always among them
    class_names: str | None
    own_habit: bool  # named as Keras names them, so that there is nothing to tell
    unused: dict[str, str]  # the other arrays' names -> why


def meaning(name: str) -> Meaning | None:
    """Return what an array called `name` is, None when the name does not say; folders before it say the rest."""
    words, own = _words(name), _words(name.rpartition("/")[2])
    if " ".join(own) in _CLASS_NAMES:
        return Meaning("names", "all", "")
    kinds = {_KINDS[word] for word in own if word in _KINDS} or {_KINDS[word] for word in words if word in _KINDS}
    splits = {_SPLITS[word] for word in own if word in _SPLITS} or {_SPLITS[word] for word in words if word in _SPLITS}
    if len(kinds) != 1 or len(splits) > 1:
        return None
    known = (*_KINDS, *_SPLITS, *_NO_MEANING)
    return Meaning(
        kinds.pop(), splits.pop() if splits else "all", " ".join(word for word in words if word not in known)
    )


def find_sets(names: Sequence[str]) -> dict[str, NamedSet]:
    """Return the sets that arrays make by their names, by the words in which the sets' names differ."""
    meanings = {name: found for name in names if (found := meaning(name)) is not None}
    sets = {}
    for rest in dict.fromkeys(found.rest for found in meanings.values() if found.kind != "names"):
        own = {name: found for name, found in meanings.items() if found.rest == rest or found.kind == "names"}
        if (made := _make_set(own, names)) is not None:
            sets[rest] = made
    shared = set.intersection(*(set(rest.split()) for rest in sets)) if len(sets) > 1 else set()
    for rest, made in sets.items():
        others = [name for name in made.unused if name in meanings and meanings[name].rest not in ("", rest)]
        made.unused.update(dict.fromkeys(others, "it belongs to another set"))
    return {" ".join(word for word in rest.split() if word not in shared): made for rest, made in sets.items()}


def by_position(axes: Mapping[str, int]) -> NamedSet | None:
    """Return the set of arrays that numpy.savez has numbered: images and labels of as many parts, in order.

    Args:
        axes: number of axes of each array; images have three or four.
    """
    numbered = sorted((name for name in axes if _POSITION.fullmatch(name)), key=lambda name: int(name[4:]))
    images = [name for name in numbered if axes[name] >= 3]
    labels = [name for name in numbered if axes[name] <= 2]
    splits: tuple[SplitName, ...] = ORDER if len(images) == 3 else ("train", "test")
    if not images or len(images) != len(labels) or len(images) > 3:
        return None
    pairs = {split: Pair(*pair) for split, *pair in zip(splits, images, labels, strict=False)}
    return NamedSet(pairs, None, own_habit=False, unused=_unused(axes, [*images, *labels], {}))


def is_numbered(names: Sequence[str]) -> bool:
    """Whether numpy.savez has numbered the arrays, since they were given without names."""
    return sum(_POSITION.fullmatch(name) is not None for name in names) >= 2


def _words(name: str) -> list[str]:
    return [word.lower() for part in re.split(r"[^A-Za-z0-9]+", name) for word in _WORD.findall(part)]


def _make_set(meanings: Mapping[str, Meaning], names: Sequence[str]) -> NamedSet | None:
    places: dict[tuple[Kind, Split], str] = {}
    reasons: dict[str, str] = {}
    for name, found in sorted(meanings.items(), key=lambda item: _preference(item[0])):
        if (found.kind, found.split) in places:
            reasons[name] = f"{places[found.kind, found.split]} is used in its place"
        else:
            places[found.kind, found.split] = name
    whole: Split = "train" if ("images", "train") in places else "all"
    pairs: dict[SplitName, Pair] = {}
    for split in ORDER:
        found_as: Split = whole if split == "train" else split
        images, labels = places.get(("images", found_as)), places.get(("labels", found_as))
        if images and labels:
            pairs[split] = Pair(images, labels)
        elif lone := images or labels:
            reasons[lone] = "it has no labels" if images else NO_IMAGES
    if "train" not in pairs:
        return None
    class_names = places.get(("names", "all"))
    used = [*(name for pair in pairs.values() for name in pair), *([class_names] if class_names else [])]
    own_habit = set(used) <= {"x_train", "y_train", "x_test", "y_test", "class_names"}
    return NamedSet(pairs, class_names, own_habit, _unused(names, used, reasons))


def _preference(name: str) -> int:
    # scikit-learn's bunches hold pictures as `images` and, flattened, as `data`.
    return 1 if "data" in name.lower() else 0


def _unused(
    names: Sequence[str] | Mapping[str, int], used: Sequence[str], reasons: Mapping[str, str]
) -> dict[str, str]:
    others = [name for name in names if name not in used]
    return {
        name: reasons.get(name, "its name does not say that it holds images or labels of the set") for name in others
    }
