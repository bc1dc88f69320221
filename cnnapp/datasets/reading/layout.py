"""Forms of image files: where each file of a source goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.result import Reading
from cnnapp.datasets.reading.source import Source


class Placed(NamedTuple):
    """A file that belongs to a class."""

    entry: Entry
    split: SplitName
    label: int  # place in the reading's class names


@dataclass(frozen=True)
class Layout:
    """The reading of a source of image files, and behind it every file of the source, each once."""

    reading: Reading
    placed: list[Placed]  # in the order of the source's entries
    unlabelled: list[Entry] = field(default_factory=list)  # kept without a class, because a person wants it
    skipped: list[Skipped] = field(
        default_factory=list
    )  # the rest, each with its reason, those of `LeftOut` among them
    group_values: dict[Entry, str] = field(default_factory=dict)  # of the column that `Choices.group` names, if any


LayOut = Callable[[Source, Choices, Workspace], Layout]
"""Finds out where each file goes, by names and by small files such as lists and tables; decodes nothing.
Forms of image files write only this and their `find`; `sources.image_files.form` makes the row of it."""
