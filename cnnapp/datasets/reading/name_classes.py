"""The class in a file's name: `cat.0.jpg`, `dog_17.png`, `0_frog.png`; used where folders give none."""

import re
from collections import Counter
from collections.abc import Sequence

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.class_names import fold
from cnnapp.images.kinds import stem_of

LEAST_SHARE = 0.9  # of the files must be called so
_BETWEEN = " ._-#([\t"  # what stands between a class and a number
_DIGITS = "0123456789"
_SPLIT_TAIL = re.compile(r"[\s._\-](test|val|train)$", re.IGNORECASE)  # `A_test.jpg` of the class A
# What cameras, scanners and people call any picture; no class.
_ANY = {"img", "image", "images", "dsc", "dscn", "dscf", "pic", "picture", "photo", "p", "pxl", "mvimg", "vid", "frame"}
_ANY |= {"screenshot", "scan", "file", "untitled", "sample", "test", "train", "val", "wa", "img-wa", "imagen", "foto"}
_ANY |= {"bild", "whatsapp image", "gopr", "sam", "x", "im", "page", "crop", "slice", "unnamed", "download"}


def label_in_name(entry: Entry, known: frozenset[str] = frozenset()) -> str:
    """Return the part of a file's name that may be its class, or is one of the `known`; "" if there is none."""
    stem = stem_of(entry.parts[-1])
    label = _beside_number(stem)
    if known:
        return next((found for found in (label, _SPLIT_TAIL.sub("", stem)) if fold(found) in known), "")
    return "" if label.lower() in _ANY else label


def _beside_number(stem: str) -> str:
    """Return what stands before the number at a name's end, else what stands behind the one at its beginning."""
    closed = stem.rstrip(")]")
    before = closed.rstrip(_DIGITS)
    if before == closed:
        behind = stem.lstrip(_DIGITS)
        before = behind.lstrip(_BETWEEN) if behind != stem else ""
    label = before.strip(_BETWEEN)
    return label if any(character.isalpha() for character in label) else ""


def labels_in_names(entries: Sequence[Entry], known: frozenset[str] = frozenset()) -> dict[Entry, str]:
    """Give files the classes that stand in their names.

    Args:
        entries: image files.
        known: folded names of the classes, where they are known already.

    Returns:
        File -> label; empty unless nearly all files are called so, by two or more classes of two or more each.
    """
    labels = {entry: label for entry in entries if (label := label_in_name(entry, known))}
    counts = Counter(map(fold, labels.values()))
    if not known:
        labels = {entry: label for entry, label in labels.items() if counts[fold(label)] > 1}
    enough = len(labels) >= LEAST_SHARE * len(entries) and (known or len(set(map(fold, labels.values()))) > 1)
    return labels if enough else {}
