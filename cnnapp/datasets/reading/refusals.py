"""Why a source of image files is no data set, in one sentence with the true reason."""

from collections import Counter

from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading.class_folders import MOST_CLASSES
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings
from cnnapp.datasets.reading.source import Source
from cnnapp.errors import CnnAppError

EXPECTED = "expected a folder of images for each class, at least two, as in cats/1.jpg and dogs/1.jpg"


class NoClassesError(CnnAppError):
    """There are pictures, but neither folders nor file names give them classes."""


def check_classes(source: Source, findings: Findings) -> None:
    """Raise CnnAppError unless the findings have at least two classes and not more than anyone trains."""
    classes = {fold(label) for label in {spot.label for spot in findings.spots}}
    if len(classes) > MOST_CLASSES:
        raise CnnAppError(
            f"There are {len(classes):,} folders of images, more than {MOST_CLASSES:,}: expected one for each class."
        )
    if len(classes) > 1:
        return
    skipped = [*source.container.skipped, *findings.skipped]
    pictures = len(findings.spots) + sum(len(left.entries) for left in findings.left) + len(findings.unlabelled)
    if not pictures and skipped:
        raise nothing_usable(source, skipped)
    if not classes:
        raise NoClassesError(
            f"{source.name} holds {pictures:,} pictures, but neither folders nor file names give them two classes: "
            f"{EXPECTED}."
        )
    only = next(iter(findings.spots)).label
    raise CnnAppError(f"There is one folder of images, {only[:60]}: {EXPECTED} ({pictures:,} pictures).")


def check_labels(where: str, findings: Findings) -> None:
    """Raise CnnAppError unless `where`, a table or column, names at least two classes and not more than anyone trains.

    Args:
        where: what names the classes, in words.
        findings: with a spot for each image that has a class.
    """
    classes = {fold(label) for label in {spot.label for spot in findings.spots}}
    if len(classes) > MOST_CLASSES:
        raise CnnAppError(
            f"{where} names {len(classes):,} classes, more than {MOST_CLASSES:,}: expected one that many images share."
        )
    if len(classes) < 2:
        found = f"the class {fold(findings.spots[0].label)[:60]!r} alone" if classes else "no class"
        raise CnnAppError(f"{where} names {found}: expected two or more.")


def nothing_usable(source: Source, skipped: list[Skipped]) -> CnnAppError:
    """Return the error for a source whose files are all left out, with the most frequent reason."""
    reason, count = Counter(item.reason for item in skipped).most_common(1)[0]
    first = next(item.file for item in skipped if item.reason == reason)
    others = f" (and {count - 1:,} more)" if count > 1 else ""
    return CnnAppError(f"{source.name} holds no images that can be read: {EXPECTED}, but of {first}{others}: {reason}.")
