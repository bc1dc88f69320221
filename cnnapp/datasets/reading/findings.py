"""What a reader of image files finds out on its way; `telling` makes the reading of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading.choices import Role
from cnnapp.datasets.reading.result import Guess, Question


class Spot(NamedTuple):
    """A file with its class and split."""

    entry: Entry
    split: SplitName
    label: str  # as the folder, the file or the table writes it
    folder: str  # of its part, as a key of `Choices.roles`


class Left(NamedTuple):
    """Files that are left out together."""

    folder: str
    reason: str
    entries: list[Entry]
    roles: tuple[Role, ...] = ()  # what they may be instead


@dataclass
class Findings:
    """Every file of the source goes to exactly one of `spots`, `left`, `unlabelled`, `lists`, `skipped`."""

    spots: list[Spot] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    unlabelled: list[tuple[str, Entry]] = field(default_factory=list)  # (folder, file), because a person wants them
    lists: list[Entry] = field(default_factory=list)  # files that labels or splits were read from
    skipped: list[Skipped] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    question: Question | None = None
    roles: tuple[Role, ...] = ()  # what a person may say that a folder is, where the form heeds it

    def skip(self, entries: Iterable[Entry], reason: str) -> None:
        """Leave single files out."""
        self.skipped += [Skipped(file=entry.shown, reason=reason) for entry in entries]

    def test_with_validation(self) -> None:
        """Make the validation images of a source without test images its test images."""
        splits = {spot.split for spot in self.spots}
        if "validation" in splits and "test" not in splits:
            self.spots = [spot._replace(split="test") if spot.split == "validation" else spot for spot in self.spots]
            self.notices.append("There is no test folder, so the images of the validation folder are the test images.")

    def leave(self, folder: str, entries: list[Entry], reason: str, roles: tuple[Role, ...] = ()) -> None:
        """Leave a folder's files out."""
        if entries:
            self.left.append(Left(folder, reason, entries, roles))
