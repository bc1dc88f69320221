"""Which images belong together, so that no split parts them: told by folder, file name, a table's column, or looks."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cnnapp.datasets.splits import ALONE, Groups
from cnnapp.errors import CnnAppError

GroupKind = Literal["auto", "none", "alike", "folder", "name", "column"]

MOST_LEVELS = 8
LONGEST_PATTERN, LONGEST_NAME = 100, 255  # characters; a longer file name is matched by no pattern
_FIELD = re.compile(r"(\{group\}|\{n\}|\*)")


class GroupRule(BaseModel):
    """How to tell which images belong together: those of a patient, a video, a site, a burst."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: GroupKind = "auto"
    """auto: images that look alike, where the app makes the split and they are few enough to compare; alike: whatever
    their number; folder: the name of a folder around the file; name: a part of the file's name; column: the value in a
    column of the table that names the classes."""
    level: int = Field(1, ge=1, le=MOST_LEVELS)  # of "folder": 1 is the one the file lies in, 2 the one around that
    pattern: str = Field("", max_length=LONGEST_PATTERN)  # of "name", as {group}_{n}: see `compile_pattern`
    column: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "GroupRule":
        if self.kind == "name":
            compile_pattern(self.pattern)
        if self.kind == "column" and not self.column:
            raise CnnAppError("No column is named: name the column that tells which images belong together.")
        return self

    @property
    def text(self) -> str:
        """Write the rule as `read_group_rule` reads it."""
        detail = {"folder": str(self.level), "name": self.pattern, "column": self.column}.get(self.kind)
        return self.kind if detail is None else f"{self.kind}:{detail}"

    @property
    def words(self) -> str:
        """Say by what images are told to belong together: "the folder 2 levels up"."""
        return {
            "auto": "their looks",
            "none": "nothing",
            "alike": "their looks",
            "folder": "the folder they lie in" if self.level == 1 else f"the folder {self.level} levels up",
            "name": f"the part {{group}} of their names ({self.pattern})",
            "column": f"the column {self.column}",
        }[self.kind]


def read_group_rule(text: str) -> GroupRule:
    """Return the rule that a person has typed: "none", "folder:2", "name:{group}_{n}", "column:patient".

    Raises:
        CnnAppError: it is none.
    """
    kind, _, detail = text.partition(":")
    fields = {"": {}, "folder": {"level": detail}, "name": {"pattern": detail}, "column": {"column": detail}}
    known = fields.get(kind if detail else "")
    try:
        return GroupRule.model_validate({"kind": kind, **(known or {})} if known is not None else {"kind": text})
    except ValidationError:
        raise CnnAppError(
            f"{text[:80]!r} is no rule for groups: expected auto, none, alike, folder, folder:LEVEL, name:PATTERN or "
            "column:NAME."
        ) from None


class FolderLevel(NamedTuple):
    """One level of folders above the files, for a person to choose from."""

    level: int
    folders: int  # different names
    examples: tuple[str, ...]


def compile_pattern(pattern: str) -> Callable[[str], str | None]:
    """Return what finds the group in a file's name without its suffix; it returns None for names that do not match.

    `{group}` is the part that names the group, as long as can be, `{n}` a whole number, `*` anything, all else stands
    for itself. Matching takes at most the square of the name's length: numbers are never cut, and beside the group
    there is one `*` at most.

    Raises:
        CnnAppError: there is not exactly one `{group}`, or more than one `*`.
    """
    parts = _FIELD.split(pattern)
    if parts.count("{group}") != 1 or parts.count("*") > 1 or len(pattern) > LONGEST_PATTERN:
        raise CnnAppError(
            f"The pattern {pattern[:LONGEST_PATTERN]!r} does not tell the group: expected one {{group}}, any number of "
            "{n} and at most one *, as in {group}_{n}."
        )
    fields = {"{group}": "(.+)", "{n}": "(?<![0-9])[0-9]++", "*": ".*"}
    compiled = re.compile("".join(fields.get(part) or re.escape(part) for part in parts), re.DOTALL)

    def find(name: str) -> str | None:
        match = compiled.fullmatch(name) if len(name) <= LONGEST_NAME else None
        return match[1] if match else None

    return find


def find_groups(rule: GroupRule, files: Sequence[str], values: Sequence[str] | None = None) -> Groups:
    """Put files into groups by a rule of the kinds "folder", "name" or "column".

    Args:
        rule: of another kind, it puts every file alone.
        files: n paths inside their source, as they are shown.
        values: n values of the rule's column; "" where there is none.

    Returns:
        int32 (n,): groups in the order of their names, -1 for files alone in theirs or without one.

    Raises:
        CnnAppError: the rule finds no two groups, or there is no such column.
    """
    if rule.kind in ("auto", "none", "alike"):
        return np.full(len(files), ALONE, np.int32)
    if rule.kind == "column" and values is None:
        raise CnnAppError(
            f"There is no column {rule.column[:80]!r} beside these images: choose another rule for groups."
        )
    names = values if rule.kind == "column" and values is not None else list(_names(rule, files))
    found = set(names) - {""}
    if len(found) < 2:
        raise CnnAppError(
            f"By {rule.words} {'all images belong together' if found else 'no image has a group'}: expected two groups "
            "or more, so choose another rule."
        )
    return number_groups(names)


def number_groups(names: Sequence[str]) -> Groups:
    """Number n names of groups in their order; -1 for "" and for names that occur once."""
    times = Counter(names)
    found = sorted(name for name, count in times.items() if name and count > 1)
    number = {name: place for place, name in enumerate(found)}
    return np.array([number.get(name, ALONE) for name in names], np.int32)


def list_folder_levels(files: Iterable[str]) -> list[FolderLevel]:
    """List the levels of folders above these files, from the one they lie in; those with one name only are left out."""
    names: list[set[str]] = [set() for _ in range(MOST_LEVELS)]
    for file in files:
        for own, folder in zip(names, reversed(PurePosixPath(file).parts[:-1]), strict=False):
            own.add(folder)
    return [FolderLevel(place, len(own), tuple(sorted(own)[:3])) for place, own in enumerate(names, 1) if len(own) > 1]


def _names(rule: GroupRule, files: Sequence[str]) -> Iterable[str]:
    if rule.kind == "folder":
        for file in files:
            folders = PurePosixPath(file).parts[:-1]
            yield folders[-rule.level] if len(folders) >= rule.level else ""
    else:
        find = compile_pattern(rule.pattern)
        for file in files:
            yield find(PurePosixPath(file).stem) or ""
