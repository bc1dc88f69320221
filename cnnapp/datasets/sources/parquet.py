"""Hugging Face's habit: pictures and labels as columns of Parquet files, class names in the schema."""

from pathlib import Path
from typing import Any

from cnnapp.datasets.containers import Entry, check_total
from cnnapp.datasets.containers.container import CHUNK
from cnnapp.datasets.containers.single import SingleFile
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import Alternative, Choices, Form, Question, Reading, Source
from cnnapp.datasets.reading.answers import check_answered
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.refusals import check_labels
from cnnapp.datasets.reading.telling import Kind, some, tell
from cnnapp.datasets.reading.words import junk_reason, meaning_of
from cnnapp.datasets.sources.image_files import make_draft
from cnnapp.datasets.sources.parquet_columns import LONGEST_LABEL, Columns, choose_columns, told_name
from cnnapp.datasets.sources.parquet_files import ParquetFile, ParquetPictures, PictureColumn
from cnnapp.datasets.sources.samples import with_pictures
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture

NAME, TITLE = "parquet", "Parquet files, as Hugging Face's"


def _find(source: Source) -> bool:
    """Whether there are Parquet files, and no pictures beside them."""
    return bool(_parquets(source)) and not any(is_called_picture(entry.parts[-1]) for entry in source.entries)


def _read(source: Source, choices: Choices, workspace: Workspace) -> Reading:
    inner, layout = _lay_out(source, choices, workspace)
    return with_pictures(inner, layout, choices, workspace)


def _make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
    inner, layout = _lay_out(source, choices, workspace)
    check_answered(layout.reading, choices)
    return make_draft(inner, title, layout, choices=choices, workspace=workspace)


def _lay_out(source: Source, choices: Choices, workspace: Workspace) -> tuple[Source, Layout]:
    """Return the files' rows as a source of pictures, and where each goes.

    Raises:
        CnnAppError: a file is damaged, or has no columns of pictures and classes.
    """
    findings = Findings()
    entries = _choose_set(_parquets(source), choices, findings)
    others = set(source.entries) - set(entries)
    skipped = [Skipped(file=entry.shown, reason="it is no Parquet file of the set") for entry in sorted(others)]
    files = [ParquetFile(_on_disk(source, entry, place, workspace), entry) for place, entry in enumerate(entries)]
    schema = choose_columns(files[0], choices, findings)
    container = ParquetPictures(
        [PictureColumn(file, schema.picture) for file in files], [*source.container.skipped, *skipped]
    )
    inner = Source(source.path, source.name, container, container.entries())
    by_key = {entry.key: entry for entry in inner.entries}
    for place, file in enumerate(files):
        workspace.report("Reading the labels", place, len(files))
        split = _split(file.entry)
        for row, value in file.column(schema.label):
            label = _label(value, schema)
            if label:
                findings.spots.append(Spot(by_key[place, row], split, label, file.entry.shown))
            else:
                findings.skip([by_key[place, row]], "its row names no class")
    if {spot.split for spot in findings.spots} == {"test"}:
        findings.spots = [spot._replace(split="train") for spot in findings.spots]
    if choices.test_from == "validation":
        findings.test_with_validation()
    what = "the names in the schema" if schema.names else "its values"
    picture, column = told_name(schema.picture.removesuffix(".bytes")), told_name(schema.label)
    findings.notices.append(f"Pictures were read from the column {picture}, classes from {column}, by {what}.")
    check_labels(f"The column {column} of {source.name}", findings)
    return inner, tell(inner, Kind(NAME, TITLE), findings)


def _parquets(source: Source) -> list[Entry]:
    return [
        entry
        for entry in source.entries
        if (entry.parts[-1].lower().endswith(".parquet") and not junk_reason(entry.parts))
        or (isinstance(source.container, SingleFile) and _starts_as_parquet(source.path))
    ]


def _starts_as_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _split(entry: Entry) -> SplitName:
    for part in reversed(entry.parts):
        meaning = meaning_of(part.removesuffix(".parquet"))
        if meaning is not None and meaning.role in ("validation", "test"):
            return "validation" if meaning.role == "validation" else "test"
        if meaning is not None:
            return "train"
    return "train"


def _choose_set(entries: list[Entry], choices: Choices, findings: Findings) -> list[Entry]:
    """Return the files of one set, where their folders hold several (configurations, as Hugging Face calls them)."""
    sets: dict[str, list[Entry]] = {}
    for entry in entries:
        own = "/".join(part for part in entry.parts[:-1] if meaning_of(part) is None)
        sets.setdefault(Entry((own or ".",), 0, 0).shown, []).append(entry)
    if len(sets) == 1:
        return entries
    sentence = f"The files lie in {len(sets)} folders, each a set of its own ({some(list(sets))}): they are not mixed."
    ways = tuple(Alternative(value=name, title=name) for name in sets)
    question = Question(sentence=sentence, alternatives=ways, key="array_set")
    if choices.array_set in sets:
        return sets[choices.array_set]
    if choices.alternative not in sets:
        findings.question = question
    return sets[choices.alternative if choices.alternative in sets else next(iter(sets))]


def _on_disk(source: Source, entry: Entry, place: int, workspace: Workspace) -> Path:
    """Return where a file lies that can be read in any order: itself, or a copy."""
    if isinstance(source.container, SingleFile):
        return source.path
    check_total(entry.size, entry.size)
    target, done = workspace.folder / f"{place}.parquet", 0
    with source.container.open(entry) as file, target.open("wb") as copy:
        while chunk := file.read(CHUNK):
            done += len(chunk)
            if done > entry.size:
                raise CnnAppError(f"{entry.shown} is longer than it announces: pack it again.")
            copy.write(chunk)
            workspace.report(f"Unpacking {entry.parts[-1]}", done, entry.size, "bytes")
    return target


def _label(value: Any, schema: Columns) -> str:
    """Return a row's class, "" if it has none (-1, as Hugging Face marks test rows, among them)."""
    if isinstance(value, int) and schema.names:
        return schema.names[value] if 0 <= value < len(schema.names) else ""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value < 0):
        return ""
    return str(value).strip()[:LONGEST_LABEL]


FORM = Form(NAME, TITLE, _find, _read, _make)
