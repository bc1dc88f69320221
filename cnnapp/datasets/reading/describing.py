"""A reading in words: the same on the import page and on the command line."""

from collections.abc import Sequence

from cnnapp.datasets.reading.choices import Role
from cnnapp.datasets.reading.result import ClassCount, LeftOut, Reading, ReadPart, SkippedFiles

ROLES: dict[Role, str] = {
    "train": "training",
    "validation": "validation",
    "test": "test",
    "unlabelled": "unlabelled",
    "left out": "left out",
}
MOST_CLASSES = 40  # named in one sentence


def count_words(number: int, noun: str) -> str:
    """Return a number of things: "1 image", "8,157 images", "2 classes"."""
    return f"{number:,} {noun}{'' if number == 1 else 'es' if noun.endswith('s') else 's'}"


def describe_source(reading: Reading) -> str:
    """Say what was read: "intel.zip: 15,460 files, read as: train / test folders"."""
    return f"{reading.source}: {count_words(reading.files, 'file')}, read as: {reading.title}"


def describe_classes(classes: Sequence[ClassCount], most: int = MOST_CLASSES) -> str:
    """Name the first classes with their numbers of images: "ant 5, bee 4 …"."""
    return ", ".join(f"{count.name} {count.images:,}" for count in classes[:most]) + " …" * (len(classes) > most)


def describe_part(part: ReadPart) -> str:
    """Say what some folders become: "training, 9 images: ant 5, bee 4"."""
    return f"{describe_role(part)}: {describe_classes(part.classes) or 'no class'}"


def describe_role(part: ReadPart) -> str:
    """Say what some folders become, without their classes: "training, 9 images"."""
    return f"{ROLES[part.role]}, {count_words(part.images, 'image')}"


def describe_left_out(left: LeftOut) -> str:
    """Say why a folder is left out: "left out, 2 files: its 2 pictures have no class"."""
    return f"left out, {count_words(left.files, 'file')}: {left.reason}"


def describe_skipped(skipped: SkippedFiles) -> str:
    """Say why single files are left out: "2 files skipped: it is hidden (.a, .b)"."""
    return f"{count_words(skipped.files, 'file')} skipped: {skipped.reason} ({', '.join(skipped.examples[:3])})"


def describe_result(reading: Reading) -> str:
    """Say what an import makes of it: "8,157 images of 150×150×3 in 6 classes"; "" when no image was looked at."""
    if reading.becomes is None:
        return ""
    shape = "×".join(map(str, reading.becomes.image_shape))
    classes = count_words(len(reading.class_names), "class")
    return f"{count_words(reading.images, 'image')} of {shape} in {classes}"
