"""Which columns of a Parquet file hold the pictures and their classes: by its schema, or as a person chooses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cnnapp.datasets.containers.container import plain_text
from cnnapp.datasets.reading import Alternative, Choices, Question
from cnnapp.datasets.reading.answers import answer
from cnnapp.datasets.reading.findings import Findings
from cnnapp.datasets.reading.telling import some
from cnnapp.datasets.reading.words import words_of
from cnnapp.datasets.sources.parquet_files import ParquetFile
from cnnapp.errors import CnnAppError

MOST_FEATURES_BYTES = 1024**2
LONGEST_LABEL = 200  # characters
_LABELS = {"label", "labels", "class", "category", "target"}


class Columns(NamedTuple):
    """Which columns count."""

    picture: str  # the leaf with the bytes
    label: str
    names: tuple[str, ...]  # of the classes, by their numbers; () where labels are their own names


def choose_columns(file: ParquetFile, choices: Choices, findings: Findings) -> Columns:
    """Choose by what the schema says of its columns, else by types and names; a person is asked where several fit.

    Raises:
        CnnAppError: there are no pictures, or no classes, or a chosen column is not there.
    """
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
    return Columns(pictures[0], label, _names(features.get(label)))


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
    ways = tuple(Alternative(value=name, title=f"the column {told_name(name)}") for name in likely)
    question = Question(
        sentence=f"Several columns of {shown} may hold the classes: {some(_told_names(likely))}.",
        alternatives=ways,
        key="label_column",
    )
    if findings.question is not None:  # about the sets, which comes first
        return likely[0]
    if choices.alternative in likely:
        return choices.alternative
    findings.question = question
    return likely[0] if not choices.alternative else answer(question, choices)


def told_name(name: str) -> str:
    """Return a column's name as plain text."""
    return plain_text(name)[:60]


def _told_names(names: Sequence[str]) -> list[str]:
    return [told_name(name) for name in names]


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

    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
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
