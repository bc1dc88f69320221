"""Hugging Face's habit: pictures and labels as columns of Parquet files, class names in the schema."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp.datasets.containers import Entry, check_total
from cnnapp.datasets.containers.container import CHUNK, plain_text
from cnnapp.datasets.containers.single import SingleFile
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import Alternative, Choices, Form, Question, Reading, Source
from cnnapp.datasets.reading.answers import answer, check_answered
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.refusals import check_labels
from cnnapp.datasets.reading.telling import Kind, some, tell
from cnnapp.datasets.reading.words import junk_reason, meaning_of, words_of
from cnnapp.datasets.sources.image_files import make_draft
from cnnapp.datasets.sources.parquet_files import ParquetFile, ParquetPictures, PictureColumn
from cnnapp.datasets.sources.samples import with_pictures
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture

NAME, TITLE = "parquet", "Parquet files, as Hugging Face's"
MOST_FEATURES_BYTES = 1024**2
LONGEST_LABEL = 200  # characters
_LABELS = {"label", "labels", "class", "category", "target"}


class _Schema(NamedTuple):
    """Which columns count."""

    picture: str  # the leaf with the bytes
    label: str
    names: tuple[str, ...]  # of the classes, by their numbers; () where labels are their own names


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
    schema = _choose_columns(files[0], choices, findings)
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
    picture, column = _told_name(schema.picture.removesuffix(".bytes")), _told_name(schema.label)
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
    question = Question(sentence=sentence, alternatives=tuple(Alternative(value=name, title=name) for name in sets))
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


def _choose_columns(file: ParquetFile, choices: Choices, findings: Findings) -> _Schema:
    shown, features = file.entry.shown, _features(file.schema)
    pictures = [leaf for field in file.schema if (leaf := _picture_leaf(field))]
    chosen = [leaf for leaf in pictures if leaf.removesuffix(".bytes") == choices.file_column]
    typed = [leaf for leaf in pictures if _type(features, leaf.removesuffix(".bytes")) == "Image"]
    pictures = chosen if choices.file_column else typed or pictures
    if not pictures:
        columns = some(_told_names(file.schema.names))
        raise CnnAppError(f"{shown} has no column of pictures as bytes: expected one, found the columns {columns}.")
    labels = [field.name for field in file.schema if _may_be_label(field)]
    classed = [name for name in labels if _type(features, name) == "ClassLabel"]
    called = [name for name in labels if _LABELS.intersection(words_of(name))]
    label = _choose_label(classed or called or labels, labels, choices, findings, shown)
    return _Schema(pictures[0], label, _names(features.get(label)))


def _choose_label(
    likely: Sequence[str], columns: Sequence[str], choices: Choices, findings: Findings, shown: str
) -> str:
    if choices.label_column:
        if choices.label_column not in columns:
            raise CnnAppError(
                f"{shown} has no column of classes {choices.label_column[:80]!r}: expected {some(columns)}."
            )
        return choices.label_column
    if not likely:
        raise CnnAppError(
            f"{shown} has no column of classes: expected one of whole numbers or texts beside the pictures."
        )
    if len(likely) == 1:
        return likely[0]
    ways = tuple(Alternative(value=name, title=f"the column {_told_name(name)}") for name in likely)
    question = Question(
        sentence=f"Several columns of {shown} may hold the classes: {some(_told_names(likely))}.", alternatives=ways
    )
    if findings.question is not None:  # about the sets, which comes first
        return likely[0]
    if choices.alternative in likely:
        return choices.alternative
    findings.question = question
    return likely[0] if not choices.alternative else answer(question, choices)


def _told_name(name: str) -> str:
    return plain_text(name)[:60]


def _told_names(names: Sequence[str]) -> list[str]:
    return [_told_name(name) for name in names]


def _picture_leaf(field: Any) -> str:
    from pyarrow import types

    def is_bytes(kind: Any) -> bool:
        return bool(types.is_binary(kind) or types.is_large_binary(kind))

    if "." in field.name:
        return ""
    if types.is_struct(field.type):
        inner = field.type.get_field_index("bytes")
        return f"{field.name}.bytes" if inner >= 0 and is_bytes(field.type.field(inner).type) else ""
    return field.name if is_bytes(field.type) else ""


def _may_be_label(field: Any) -> bool:
    from pyarrow import types

    kind = field.type
    fitting = (types.is_integer, types.is_string, types.is_large_string, types.is_boolean)
    return "." not in field.name and any(fits(kind) for fits in fitting)


def _features(schema: Any) -> Mapping[str, Any]:
    """Return what the schema says of its columns; {} if it does not, or not as Hugging Face writes it."""
    data = (schema.metadata or {}).get(b"huggingface", b"")
    try:
        features = json.loads(data if len(data) <= MOST_FEATURES_BYTES else b"")["info"]["features"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return {}
    return features if isinstance(features, dict) else {}


def _type(features: Mapping[str, Any], column: str) -> str:
    feature = features.get(column)
    kind = feature.get("_type") if isinstance(feature, dict) else None
    return kind if isinstance(kind, str) else ""


def _names(feature: Any) -> tuple[str, ...]:
    """Return a class column's names by their numbers, () unless they are a list of different texts."""
    names = feature.get("names") if isinstance(feature, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    short = tuple(" ".join(name.split())[:LONGEST_LABEL] for name in names)
    return short if all(short) and len(set(short)) == len(short) else ()


def _label(value: Any, schema: _Schema) -> str:
    """Return a row's class, "" if it has none (-1, as Hugging Face marks test rows, among them)."""
    if isinstance(value, int) and schema.names:
        return schema.names[value] if 0 <= value < len(schema.names) else ""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value < 0):
        return ""
    return str(value).strip()[:LONGEST_LABEL]


FORM = Form(NAME, TITLE, _find, _read, _make)
