"""Folders of classes whose splits stand in lists of files, as Food-101's `meta/train.txt` and `meta/test.txt`."""

from collections.abc import Sequence

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.reading import Choices, Source
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.refusals import check_classes
from cnnapp.datasets.reading.sorting import skip_others, sort_out
from cnnapp.datasets.reading.telling import Kind, tell
from cnnapp.images.kinds import stem_of

NAME, TITLE = "lists", "folders of classes, splits in lists"
MOST_LIST_BYTES = 32 * 1024**2
_FRAME = "images"
_LISTS: dict[tuple[str, ...], SplitName] = {("meta", "train.txt"): "train", ("meta", "test.txt"): "test"}


def find(source: Source) -> bool:
    """Whether both lists lie beside the folder of images."""
    return bool(_lists(source.entries))


def lay_out(source: Source, _choices: Choices, _workspace: Workspace) -> Layout:
    """Give each listed file its split; raises CnnAppError when a list cannot be read or there are no two classes."""
    findings = Findings()
    lists = _lists(source.entries)
    depth = len(next(iter(lists)).parts) - 2
    split_of: dict[tuple[str, ...], SplitName] = {}
    for entry, split in lists.items():
        text = source.read_one(entry, MOST_LIST_BYTES).decode("utf-8", "replace")
        split_of |= {tuple(line.strip().split("/")): split for line in text.splitlines() if line.strip()}
    images, others = sort_out([entry for entry in source.entries if entry not in lists], findings)
    folder = "/".join((*images[0].parts[:depth], _FRAME)) if images else _FRAME
    for entry in images:
        frame, *inner = entry.parts[depth:]
        stem = (*inner[:-1], stem_of(entry.parts[-1]))
        if frame == _FRAME and len(inner) == 2 and stem in split_of:
            findings.spots.append(Spot(entry, split_of[stem], inner[0], folder))
        else:
            findings.skip([entry], "it is not in the lists of training and test images")
    skip_others(others, findings)
    findings.lists += lists
    check_classes(source, findings)
    return tell(source, Kind(NAME, TITLE), findings)


def _lists(entries: Sequence[Entry]) -> dict[Entry, SplitName]:
    found = {entry: split for entry in entries if (split := _LISTS.get(entry.parts[-2:]))}
    roots = {entry.parts[:-2] for entry in found}
    if len(found) != len(_LISTS) or len(roots) > 1:
        return {}
    frame = (*next(iter(roots)), _FRAME)
    return found if any(entry.parts[: len(frame)] == frame for entry in entries) else {}
