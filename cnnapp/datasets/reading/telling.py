"""From findings to the layout of a source of image files and its reading: every file is told of, in few words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading.class_names import ClassNames
from cnnapp.datasets.reading.findings import Findings, Left
from cnnapp.datasets.reading.layout import Layout, Placed
from cnnapp.datasets.reading.result import ClassCount, Example, LeftOut, Reading, ReadPart, SkippedFiles
from cnnapp.datasets.reading.source import Source

EXAMPLES = 5  # files shown of a class, a folder, or a reason
_SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")


class Kind(NamedTuple):
    """Name and title of the form, as the reading tells them."""

    form: str
    title: str


def tell(source: Source, kind: Kind, findings: Findings) -> Layout:
    """Make the layout and its reading; every file of the source stands in it once."""
    names = ClassNames(spot.label for spot in findings.spots)
    place_of = {entry: place for place, entry in enumerate(source.entries)}
    spots = sorted(findings.spots, key=lambda spot: place_of[spot.entry])
    placed = [Placed(spot.entry, spot.split, names.place(spot.label)) for spot in spots]
    folders = [spot.folder for spot in spots]
    skipped = [*source.container.skipped, *findings.skipped]
    left = [Skipped(file=entry.shown, reason=left.reason) for left in findings.left for entry in left.entries]
    reading = Reading(
        source=source.name,
        files=len(source.entries) + len(source.container.skipped),
        form=kind.form,
        title=kind.title,
        class_names=names.names,
        parts=tuple(
            part.model_copy(update={"roles": findings.roles})
            for part in (*_parts(placed, folders, names.names), *_unlabelled(findings))
        ),
        left_out=tuple(_left_out(findings.left)),
        skipped=tuple(_by_reason(skipped)),
        lists=tuple(entry.shown for entry in findings.lists),
        guesses=tuple(findings.guesses),
        notices=(*names.notices, *findings.notices),
        question=findings.question,
    )
    return Layout(reading, placed, [entry for _, entry in findings.unlabelled], [*skipped, *left])


def some(names: Sequence[str], most: int = EXAMPLES) -> str:
    """Return the first of some names, joined."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _parts(placed: list[Placed], folders: list[str], names: tuple[str, ...]) -> list[ReadPart]:
    by_part: dict[tuple[SplitName, str], dict[int, list[Entry]]] = {}
    for (entry, split, label), folder in zip(placed, folders, strict=True):
        by_part.setdefault((split, folder), {}).setdefault(label, []).append(entry)
    order = sorted(by_part, key=lambda key: (_SPLITS.index(key[0]), key[1]))
    return [
        ReadPart(
            folders=(folder,),
            role=split,
            images=sum(map(len, by_part[split, folder].values())),
            classes=tuple(
                ClassCount(name=names[label], images=len(entries), examples=examples(entries))
                for label, entries in sorted(by_part[split, folder].items())
            ),
        )
        for split, folder in order
    ]


def examples(entries: Sequence[Entry]) -> tuple[Example, ...]:
    """Name a few files from all over a list."""
    step = max(1, len(entries) // EXAMPLES)
    return tuple(Example(file=entry.shown) for entry in entries[::step][:EXAMPLES])


def _unlabelled(findings: Findings) -> list[ReadPart]:
    by_folder: dict[str, list[Entry]] = defaultdict(list)
    for folder, entry in findings.unlabelled:
        by_folder[folder].append(entry)
    return [
        ReadPart(folders=(folder,), role="unlabelled", images=len(entries), examples=examples(entries))
        for folder, entries in sorted(by_folder.items())
    ]


def _left_out(left: Sequence[Left]) -> list[LeftOut]:
    """Tell of each folder, and of many that are called alike (`…/masks` of a hundred classes) in one."""
    alike: dict[tuple[str, str], list[Left]] = defaultdict(list)
    for item in left:
        alike[item.folder.rpartition("/")[2], item.reason].append(item)
    told = []
    for (name, reason), items in alike.items():
        groups = [items] if len(items) > EXAMPLES else [[item] for item in items]
        for group in groups:
            entries = [entry for item in group for entry in item.entries]
            told.append(
                LeftOut(
                    folder=group[0].folder if len(group) == 1 else f"{len(group):,} folders {name}",
                    files=len(entries),
                    reason=reason,
                    examples=examples(entries),
                    roles=group[0].roles if len(group) == 1 else (),
                )
            )
    return told


def _by_reason(skipped: Iterable[Skipped]) -> list[SkippedFiles]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for item in skipped:
        by_reason[item.reason].append(item.file)
    return [
        SkippedFiles(reason=reason, files=len(files), examples=tuple(files[:EXAMPLES]))
        for reason, files in sorted(by_reason.items(), key=lambda pair: -len(pair[1]))
    ]
