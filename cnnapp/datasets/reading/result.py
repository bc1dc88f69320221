"""The reading of a source as plain values: what pages and the command line show, and what a reading job stores."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from cnnapp.datasets.reading.choices import Role

MOST_NAMED = 5  # classes in one sentence


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Alternative(_Value):
    """One of the values that a choice may have."""

    value: str  # as it goes into `Choices`
    title: str  # for people


class Guess(_Value):
    """Something the reading decided by itself and a person may decide otherwise."""

    key: str  # the field of `Choices`: "encoding", "ink", "form", "images.size"; "roles:FOLDER" for one folder
    sentence: str
    value: str
    alternatives: tuple[Alternative, ...] = ()  # `value` among them; empty: any value


class Question(_Value):
    """Two readings are as good as each other: a person decides, by `Choices.alternative` or a field of its own."""

    sentence: str
    alternatives: tuple[Alternative, ...]
    default: str = ""  # what an import takes, and tells, when nobody decides; "": it refuses
    key: Literal["alternative", "array_set", "pixel_range", "label_column"] = (
        "alternative"  # the field of `Choices` for the answer
    )


class Example(_Value):
    """A file that stands for others of its class."""

    file: str  # as text to show, never a path to open
    picture: int | None = None  # its row in the reading's pictures; None: not looked at, or it is no image


class ClassCount(_Value):
    """One class within a part."""

    name: str
    images: int
    examples: tuple[Example, ...] = ()  # five at most


class ReadPart(_Value):
    """Folders (or arrays) that become one split, or the unlabelled part."""

    folders: tuple[str, ...]  # as keys of `Choices.roles`; () when the source has no folders
    role: Role
    images: int
    classes: tuple[ClassCount, ...] = ()  # those with images here, in the order of `class_names`; () when unlabelled
    examples: tuple[Example, ...] = ()  # of a part without classes
    roles: tuple[Role, ...] = ()  # what its folder may be instead


class LeftOut(_Value):
    """A folder, or a kind of file, that is not used as a whole."""

    folder: str  # as a key of `Choices.roles`
    files: int
    reason: str  # "its 3 pictures have no class"
    examples: tuple[Example, ...] = ()
    roles: tuple[Role, ...] = ()  # what it may be instead


class SkippedFiles(_Value):
    """Single files that are not used, by reason."""

    reason: str
    files: int
    examples: tuple[str, ...]  # five names at most


class Becomes(_Value):
    """What an import makes of it, as far as its first images tell."""

    image_shape: tuple[int, int, int]  # height, width, channels
    ink: bool


class Reading(_Value):
    """What was understood of a source. Files = images of all parts + files left out, skipped and read as lists."""

    source: str  # what the file or folder is called
    origin: str = ""  # a sentence on the download that it came by
    files: int
    form: str  # `Form.name`
    title: str  # `Form.title`, or finer: "train / test folders"
    class_names: tuple[str, ...]
    parts: tuple[ReadPart, ...]
    left_out: tuple[LeftOut, ...] = ()
    skipped: tuple[SkippedFiles, ...] = ()
    lists: tuple[str, ...] = ()  # files that labels or splits were read from
    guesses: tuple[Guess, ...] = ()
    notices: tuple[str, ...] = ()  # whole sentences
    question: Question | None = None
    becomes: Becomes | None = None  # None: no image was looked at

    @property
    def missing(self) -> tuple[str, ...]:
        """Tell which classes a part of the set lacks, in whole sentences; what is stored is checked anew."""
        told = []
        for role, what in (("train", "training"), ("validation", "validation"), ("test", "test")):
            parts = [part for part in self.parts if part.role == role]
            there = {count.name for part in parts for count in part.classes}
            names = [name for name in self.class_names if name not in there]
            if names and (parts or role == "train"):
                verb = "has" if len(names) == 1 else "have"
                some = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
                told.append(f"{len(names)} of {len(self.class_names)} classes {verb} no {what} images: {some}.")
        return tuple(told)

    def count(self, role: Role) -> int:
        """Number of images that get a role."""
        return sum(part.images for part in self.parts if part.role == role)

    @property
    def images(self) -> int:
        """Number of images with a class."""
        return sum(part.images for part in self.parts if part.role not in ("unlabelled", "left out"))
