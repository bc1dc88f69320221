"""Where in a tree of folders the images of each class and split lie: the layouts that tutorials use."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from cnnapp.datasets.containers import Entry, shown
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.errors import CnnAppError

MOST_CLASSES = 1000
SPLIT_FOLDERS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "training_set", "train_set"), "train"),
    **dict.fromkeys(("test", "testing", "test_set"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "validation_set", "val_set"), "validation"),
}
_IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_LISTS: dict[SplitName, tuple[str, str]] = {"train": ("meta", "train.txt"), "test": ("meta", "test.txt")}  # Food-101


class Placed(NamedTuple):
    """A file that belongs to a class."""

    entry: Entry
    split: SplitName
    label: int  # place in the layout's class names


@dataclass(frozen=True)
class Layout:
    """What was found."""

    class_names: tuple[str, ...]
    placed: list[Placed]
    splits: bool  # the set has a test or validation part of its own
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


class _Spot(NamedTuple):
    entry: Entry
    split: SplitName
    folder: str  # the class's, as it is written


def list_files(entries: Sequence[Entry]) -> list[Entry]:
    """Return the two lists of Food-101's layout, whose text `find_layout` needs; none for other layouts."""
    root = _root(entries)
    found = [entry for entry in entries if entry.parts[len(root) :] in _LISTS.values()]
    has_images = any(entry.parts[len(root) : len(root) + 1] == ("images",) for entry in entries)
    return found if has_images and len(found) == len(_LISTS) else []


def find_layout(entries: Sequence[Entry], lists: Mapping[Entry, str]) -> Layout:
    """Give every file its class and split.

    Args:
        entries: all files.
        lists: text of the files that `list_files` named.

    Raises:
        CnnAppError: there are not at least two folders of images.
    """
    skipped: list[Skipped] = []
    visible = []
    for entry in entries:
        reason = _hidden(entry)
        if reason:
            skipped.append(Skipped(file=entry.shown, reason=reason))
        elif entry not in lists:
            visible.append(entry)
    root = _root(visible)
    spots = _listed(visible, len(root), lists, skipped) if lists else _in_folders(visible, len(root), skipped)
    return _with_classes(_without_twins(spots, skipped), skipped)


def _hidden(entry: Entry) -> str:
    if entry.parts[0] == "__MACOSX":
        return "it holds metadata of macOS"
    return "it is hidden" if any(part.startswith(".") for part in entry.parts) else ""


def _images(entries: Sequence[Entry]) -> list[Entry]:
    """Return the files that are called images, or all where none is: only they say how the folders are meant."""
    visible = [entry for entry in entries if not _hidden(entry)]
    return [entry for entry in visible if is_called_image(entry)] or visible


def is_called_image(entry: Entry) -> bool:
    """Whether a file has the name of an image; what it is, only its bytes tell."""
    return entry.parts[-1].lower().endswith(_IMAGES)


def _root(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the folders that all images share and that are no class."""
    paths = [entry.parts for entry in _images(entries)]
    shared = next(
        (
            depth
            for depth, parts in enumerate(zip(*paths, strict=False))
            if len(set(parts)) > 1 or any(len(path) <= depth + 1 for path in paths)
        ),
        0,
    )
    root = paths[0][:shared] if paths else ()
    # In `train/ants` and `train/bees` the shared folder is a split; in `images/class` of Food-101 it is its frame.
    while root and (root[-1].lower() in SPLIT_FOLDERS or root[-1] == "images"):
        root = root[:-1]
    return root


def _in_folders(entries: Sequence[Entry], depth: int, skipped: list[Skipped]) -> list[_Spot]:
    tops = {entry.parts[depth].lower() for entry in _images(entries) if len(entry.parts) > depth + 1}
    by_split = bool(tops) and tops <= SPLIT_FOLDERS.keys()
    frame = not by_split and tops == {"images"}
    spots = []
    for entry in entries:
        folders = entry.parts[depth:-1]
        if by_split and len(folders) > 1 and folders[0].lower() in SPLIT_FOLDERS:
            spots.append(_Spot(entry, SPLIT_FOLDERS[folders[0].lower()], folders[1]))
        elif not by_split and len(folders) > frame:
            spots.append(_Spot(entry, "train", folders[frame]))
        else:
            skipped.append(Skipped(file=entry.shown, reason="it lies in no class's folder"))
    return spots


def _listed(entries: Sequence[Entry], depth: int, lists: Mapping[Entry, str], skipped: list[Skipped]) -> list[_Spot]:
    split_of: dict[tuple[str, ...], SplitName] = {}
    for split, tail in _LISTS.items():
        text = next(text for entry, text in lists.items() if entry.parts[depth:] == tail)
        split_of |= {tuple(line.strip().split("/")): split for line in text.splitlines() if line.strip()}
    spots = []
    for entry in entries:
        inner = entry.parts[depth:]
        stem = (*inner[1:-1], PurePosixPath(inner[-1]).stem)
        if inner[0] == "images" and len(inner) == 3 and stem in split_of:
            spots.append(_Spot(entry, split_of[stem], inner[1]))
        else:
            skipped.append(Skipped(file=entry.shown, reason="it is not in the lists of training and test images"))
    return spots


def _without_twins(spots: list[_Spot], skipped: list[Skipped]) -> list[_Spot]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for spot in spots:
        if spot.entry.parts in seen:
            skipped.append(Skipped(file=spot.entry.shown, reason="an earlier file of the archive has the same name"))
        else:
            kept.append(spot)
        seen.add(spot.entry.parts)
    return kept


def _with_classes(spots: list[_Spot], skipped: list[Skipped]) -> Layout:
    spellings: dict[str, Counter[str]] = {}
    for spot in spots:
        spellings.setdefault(_fold(spot.folder), Counter())[spot.folder] += 1
    _check_classes(spellings, len(spots))
    names = {fold: _name(counts.most_common(1)[0][0]) for fold, counts in spellings.items()}
    order = sorted(names, key=names.__getitem__)
    label = {fold: place for place, fold in enumerate(order)}
    notices = [
        f"The folders {' and '.join(sorted(map(_name, counts)))} were taken as one class: their names differ only in "
        "case or in how accents are encoded."
        for counts in spellings.values()
        if len(counts) > 1
    ]
    placed = [Placed(spot.entry, spot.split, label[_fold(spot.folder)]) for spot in spots]
    splits = any(spot.split != "train" for spot in spots)
    return Layout(tuple(names[fold] for fold in order), placed, splits, skipped, notices)


def _check_classes(spellings: Mapping[str, object], files: int) -> None:
    if len(spellings) < 2:
        raise CnnAppError(
            f"There {'is one folder' if spellings else 'are no folders'} of images: expected one for each class, "
            f"at least two, as in cats/1.jpg and dogs/1.jpg ({files:,} files lie in folders)."
        )
    if len(spellings) > MOST_CLASSES:
        raise CnnAppError(
            f"There are {len(spellings):,} folders of images, more than {MOST_CLASSES:,}: expected one for each class."
        )


def _fold(folder: str) -> str:
    return unicodedata.normalize("NFC", _name(folder)).casefold()


def _name(folder: str) -> str:
    return unicodedata.normalize("NFC", " ".join(shown(folder).split()))[:100] or "\ufffd"
