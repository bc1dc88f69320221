"""What a check of a data set found, as it is stored and shown."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from cnnapp.datasets.manifest import SplitName

Severity = Literal["serious", "check", "note"]
Kind = Literal[
    "leak",
    "no training images",
    "conflict",
    "small class",
    "no test images",
    "alike class",
    "exact duplicate",
    "near duplicate",
    "flat",
    "dark",
    "bright",
    "blurred",
    "odd size",
    "unreadable",
    "converted",
]
RULES = 2  # grows when a check would find something else: reports of older rules are ignored


class ImageRef(NamedTuple):
    """One image of a data set."""

    split: SplitName
    row: int


Group = tuple[ImageRef, ...]


class Finding(BaseModel):
    """What is wrong, or worth a look, in one sentence, and the images it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    severity: Severity
    sentence: str
    groups: tuple[Group, ...] = ()  # images that belong together; single ones are groups of one
    files: tuple[str, ...] = ()  # of what is no image of the set

    @property
    def images(self) -> int:
        """How many images it is about."""
        return sum(map(len, self.groups))

    @property
    def paired(self) -> bool:
        """Whether its images are shown in groups."""
        return any(len(group) > 1 for group in self.groups)


class QualityReport(BaseModel):
    """All findings of one check, the worst first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: int = RULES
    digest: str  # of the data set that was checked
    images: int
    findings: tuple[Finding, ...]
    created: float  # seconds since 1970


def count(number: int, noun: str = "image", verb: tuple[str, str] = ("is", "are")) -> str:
    """Begin a sentence: "1 image is", "7 images are"."""
    return f"{number:,} {noun} {verb[0]}" if number == 1 else f"{number:,} {noun}s {verb[1]}"
