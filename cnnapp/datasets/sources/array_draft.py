"""From arrays of images and labels, by split, to a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Draft, Report, Rows, Workspace, rows_per_batch
from cnnapp.datasets.group_rule import GroupRule
from cnnapp.datasets.grouping import Grouping, Members, group_images
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.shards import ShardedImages
from cnnapp.datasets.sources.array_files import ArrayFiles, check_sizes
from cnnapp.datasets.sources.array_names import NamedSet, Pair
from cnnapp.datasets.sources.ink_guess import SAMPLE, find_ink
from cnnapp.datasets.sources.labels import Labels, check_layout, read_labels
from cnnapp.datasets.sources.npy_header import Header
from cnnapp.datasets.sources.parts import hold_out_test
from cnnapp.datasets.sources.pixels import PixelRule, find_rule, image_shape
from cnnapp.datasets.splits import Groups
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess, ValueRange

BYTES = PixelRule("")  # of pixels that are 0-255 by their form
WORDS: dict[SplitName, str] = {"train": "training", "validation": "validation", "test": "testing"}

Array = NDArray[Any]


class Wanted(NamedTuple):
    """What a person has decided."""

    ink: bool | None = None  # None: guess
    pixel_range: ValueRange | None = None  # None: by the values
    test_from: Literal["training", "validation"] = "training"  # what gives a test part to a set without one
    groups: GroupRule = GroupRule()  # which images stay in one part


class _Part(NamedTuple):
    """Some rows of an array."""

    images: Array
    labels: NDArray[np.int32]  # (n,) of all rows
    rows: NDArray[np.int64]
    groups: Groups | None = None  # (n,) likewise


@dataclass
class _Ruled:
    """An array's images as those of a data set, read when they are asked for."""

    images: Array
    rule: PixelRule
    image_shape: tuple[int, int, int]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the images at `places`, uint8 (n, h, w, c)."""
        return self.rule.apply(self.images[places])


def check_headers(files: ArrayFiles, named: NamedSet) -> tuple[int, int, int]:
    """Look at the headers of the set's arrays; return (height, width, channels) of its images.

    Raises:
        CnnAppError: an array is no array of numbers, they do not fit together, or take too much room.
    """
    headers = {name: files.header(name) for name in _used(named)}
    check_sizes(headers)
    for pair in named.pairs.values():
        _check_pair(pair, headers)
    shapes = {pair.images: image_shape(pair.images, headers[pair.images]) for pair in named.pairs.values()}
    first = named.pairs["train"].images
    for name, shape in shapes.items():
        if shape != shapes[first]:
            raise CnnAppError(
                f"{first} has images of {shapes[first]} but {name} of {shape}: expected one shape for both."
            )
    return shapes[first]


def make_draft(files: ArrayFiles, named: NamedSet, title: str, wanted: Wanted, workspace: Workspace) -> Draft:
    """Make a draft of a set of arrays; they are unpacked to disk, never read whole.

    Raises:
        UnclearRangeError: which values are black and white is for a person to say.
        CnnAppError: the arrays are damaged, do not fit together or hold something else.
    """
    check_headers(files, named)
    arrays = {
        name: files.unpack(name, workspace.folder / f"{place}.raw", workspace.report)
        for place, name in enumerate(_used(named))
    }
    rule = find_rule(
        {pair.images: arrays[pair.images] for pair in named.pairs.values()}, wanted.pixel_range, workspace.report
    )
    labels = read_labels(
        {split: (pair.labels, arrays[pair.labels]) for split, pair in named.pairs.items()},
        arrays[named.class_names] if named.class_names else None,
    )
    told = Told(
        skipped=[Skipped(file=name, reason=reason) for name, reason in named.unused.items()],
        notices=_told_names(named),
    )
    whole = {split: arrays[pair.images] for split, pair in named.pairs.items()}
    return draft_of(title, Arrays(whole, labels, rule), wanted, told, workspace.report)


class Arrays(NamedTuple):
    """A set as arrays."""

    images: Mapping[SplitName, Array]  # (n, h, w) or (n, h, w, 1 or 3)
    labels: Labels
    rule: PixelRule = BYTES


class Told(NamedTuple):
    """What a form has left out or guessed before a draft is made."""

    skipped: list[Skipped]
    notices: list[str]


def draft_of(title: str, arrays: Arrays, wanted: Wanted, told: Told, report: Report) -> Draft:
    """Make a draft of a set that lies in arrays.

    Raises:
        CnnAppError: there is no test part, and too few images to take one from.
    """
    images, labels, rule = arrays
    train = images["train"]
    shape = (*train.shape[1:3], train.shape[3] if train.ndim == 4 else 1)
    given = {split: _Part(array, labels.of[split], np.arange(len(array))) for split, array in images.items()}
    grouping = _group(given, rule, shape, wanted=wanted, report=report)
    parts, notices = _parts(given, wanted, grouping.groups)
    ink, ink_notices = find_ink(_sample(train, rule), labels.class_names, wanted.ink)
    rows = {split: _rows(part, rule) for split, part in parts.items()}
    count = sum(len(part.labels) for part in rows.values())
    return Draft(
        title=title,
        source="import",
        class_names=labels.class_names,
        preprocess=Preprocess(image_shape=shape, ink=ink, value_range=rule.range if rule.stored else None),
        train=rows["train"],
        test=rows["test"],
        validation=rows.get("validation"),
        skipped=told.skipped,
        converted={rule.kind: count} if rule.kind else {},
        notices=[*told.notices, *grouping.notices, *notices, *rule.notices, *ink_notices],
        split_notices=[*grouping.notices, *notices],
        group_rule=grouping.rule,
    )


def _used(named: NamedSet) -> list[str]:
    return [
        *(name for pair in named.pairs.values() for name in pair),
        *([named.class_names] if named.class_names else []),
    ]


def _check_pair(pair: Pair, headers: dict[str, Header]) -> None:
    images, labels = headers[pair.images].shape, headers[pair.labels].shape
    image_shape(pair.images, headers[pair.images])
    check_layout(pair.labels, headers[pair.labels].dtype, labels)
    if labels[0] != images[0]:
        raise CnnAppError(
            f"{pair.images} has {images[0]:,} images but {pair.labels} has shape {labels}: expected one label for each "
            "image."
        )


def _group(
    parts: dict[SplitName, _Part], rule: PixelRule, shape: tuple[int, int, int], *, wanted: Wanted, report: Report
) -> Grouping:
    """Find out which training images belong together, where a share of them is held out for testing."""
    images, labels, rows, _ = parts["train"]
    given = "test" in parts or ("validation" in parts and wanted.test_from == "validation")
    members = Members(ShardedImages(_Ruled(images, rule, shape), rows), labels)
    return group_images(wanted.groups, members, report, splits_given=given)


def _parts(
    parts: dict[SplitName, _Part], wanted: Wanted, groups: Groups | None
) -> tuple[dict[SplitName, _Part], list[str]]:
    """Give a set without a test part one: a share of its training images, or by choice its validation part."""
    parts = {**parts, "train": parts["train"]._replace(groups=groups)}
    if "test" in parts:
        return parts, []
    if "validation" in parts and wanted.test_from == "validation":
        notice = "There is no test part, so the images of the validation part are the test images, as chosen."
        return {"train": parts["train"], "test": parts["validation"]}, [notice]
    images, labels, rows, _ = parts["train"]
    train, test = hold_out_test(labels, rows, groups)
    if not len(test):
        raise CnnAppError(
            f"{len(train)} images without a test part are too few to take one from: add x_test and y_test."
        )
    notice = f"The file has no test part: {len(test):,} of its {len(labels):,} images were set apart for testing."
    held_out: dict[SplitName, _Part] = {
        "train": _Part(images, labels, train, groups),
        "test": _Part(images, labels, test, groups),
    }
    return {**parts, **held_out}, [notice]


def _sample(images: Array, rule: PixelRule) -> NDArray[np.uint8]:
    return rule.apply(images[:: max(1, len(images) // SAMPLE)][:SAMPLE])


def _rows(part: _Part, rule: PixelRule) -> Rows:
    step = rows_per_batch(part.images.shape[1:], part.images.itemsize)

    def batches() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(part.rows), step):
            yield rule.apply(part.images[part.rows[start : start + step]])

    return Rows(part.labels[part.rows], batches, groups=part.groups[part.rows] if part.groups is not None else None)


def _told_names(named: NamedSet) -> list[str]:
    if named.own_habit:
        return []
    read = "; ".join(f"{images} and {labels} for {WORDS[split]}" for split, (images, labels) in named.pairs.items())
    names = f", {named.class_names} for the names of the classes" if named.class_names else ""
    return [f"The arrays were read by their names: {read}{names}."]
