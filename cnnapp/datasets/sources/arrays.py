"""Import of a `.npz` in Keras' own layout: x_train, y_train, x_test, y_test, class_names; never pickles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.drafts import Draft, Rows, Workspace, rows_per_batch
from cnnapp.datasets.reading import Choices, Form, Reading, Source
from cnnapp.datasets.sources.ink_guess import SAMPLE, ink_rule, looks_like_ink
from cnnapp.datasets.sources.labels import Labels, check_layout, read_labels
from cnnapp.datasets.sources.npz import ArchiveReader, Header, open_archive
from cnnapp.datasets.sources.pixels import PixelRule, find_rule, image_shape, not_finite
from cnnapp.datasets.splits import split_stratified
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.settings import settings

CLASS_NAMES = "class_names"
TEST_SHARE, SPLIT_SEED = 0.15, 0  # of a file without a test part

Array = NDArray[Any]


class ArchiveFacts(NamedTuple):
    """What an archive's headers and first images tell, before it is imported."""

    train: int
    test: int  # 0: a share of the training images will be taken
    image_shape: tuple[int, int, int]
    ink: bool  # looks like pen and ink


def peek(source: Any) -> ArchiveFacts:
    """Look into a `.npz`, a path or a binary file, without unpacking it; raises CnnAppError as `make` would."""
    with open_archive(source) as archive:
        headers = _check_layout(archive)
        shape = image_shape("x_train", headers["x_train"])
        head = archive.head("x_train", SAMPLE)
    if not np.isfinite(head).all():  # only the first images: the import looks at all
        raise not_finite("x_train")
    scaled = head * 255.0 if head.size and head.max() <= 1 else head
    pixels = np.clip(scaled, 0, 255).astype(np.uint8).reshape(-1, *shape)
    test = headers["x_test"].shape[0] if "x_test" in headers else 0
    return ArchiveFacts(headers["x_train"].shape[0], test, shape, looks_like_ink(pixels))


def make(path: Path, title: str, *, ink: bool | None, workspace: Workspace) -> Draft:
    """Make a draft from the archive at `path`; its arrays are unpacked to disk, never read whole.

    Args:
        path: the `.npz` file.
        title: what its user calls the set.
        ink: whether these are pen-and-ink images; None: guess by their pixels.
        workspace: takes the unpacked arrays.

    Raises:
        CnnAppError: the file is no such archive; the sentence says what was expected and what was found.
    """
    with open_archive(path) as archive:
        headers = _check_layout(archive)
        unpacked = {name: archive.unpack(name, workspace) for name in headers}
    images: dict[str, Array] = {name: unpacked[name] for name in ("x_train", "x_test") if name in unpacked}
    rule = find_rule(images, workspace.report)
    labels = read_labels(unpacked["y_train"], unpacked.get("y_test"), unpacked.get(CLASS_NAMES))
    sample = rule.apply(images["x_train"][:SAMPLE])
    is_ink = looks_like_ink(sample) if ink is None else ink
    train, test, notices = _splits(images, labels, rule)
    return Draft(
        title=title,
        source="import",
        class_names=labels.class_names,
        preprocess=Preprocess(
            image_shape=image_shape("x_train", headers["x_train"]),
            ink=ink_rule(sample, labels.class_names) if is_ink else None,
        ),
        train=train,
        test=test,
        converted={rule.kind: len(train.labels) + len(test.labels)} if rule.kind else {},
        notices=[*labels.notices, *notices],
    )


def _check_layout(archive: ArchiveReader) -> dict[str, Header]:
    """Return the headers of the arrays to read; what else is in the file is not looked at."""
    has_test = "x_test" in archive.names or "y_test" in archive.names
    wanted = ["x_train", "y_train", *(["x_test", "y_test"] if has_test else [])]
    if missing := [name for name in wanted if name not in archive.names]:
        found = ", ".join(archive.names[:8]) or "nothing"
        raise CnnAppError(
            f"{' and '.join(missing)} missing: expected the arrays x_train, y_train, x_test, y_test; found {found}."
        )
    headers = {name: archive.header(name) for name in [*wanted, CLASS_NAMES] if name in archive.names}
    _check_sizes(headers)
    _check_match(headers)
    return headers


def _check_sizes(headers: dict[str, Header]) -> None:
    total, limit = sum(header.nbytes for header in headers.values()), settings().max_dataset_bytes
    if total > limit:
        raise CnnAppError(
            f"The arrays would take {total / 1e9:,.1f} GB unpacked, more than the {limit / 1e9:,.1f} GB that "
            "CNNAPP_MAX_DATASET_MB allows: use fewer or smaller images."
        )


def _check_match(headers: dict[str, Header]) -> None:
    shapes = {name: image_shape(name, headers[name]) for name in ("x_train", "x_test") if name in headers}
    if len(set(shapes.values())) > 1:
        raise CnnAppError(
            f"x_train has images of {shapes['x_train']} but x_test of {shapes['x_test']}: expected one shape for both."
        )
    for part in ("train", "test"):
        if f"x_{part}" not in headers:
            continue
        images, labels = headers[f"x_{part}"].shape[0], headers[f"y_{part}"].shape
        check_layout(f"y_{part}", headers[f"y_{part}"].dtype, labels)
        if not labels or labels[0] != images:
            raise CnnAppError(
                f"x_{part} has {images:,} images but y_{part} has shape {labels}: expected one label for each image."
            )


def _splits(images: dict[str, Array], labels: Labels, rule: PixelRule) -> tuple[Rows, Rows, list[str]]:
    if "x_test" in images:
        train, test = np.arange(len(labels.train)), np.arange(len(labels.test))
        return (
            _rows(images["x_train"], labels.train, train, rule=rule),
            _rows(images["x_test"], labels.test, test, rule=rule),
            [],
        )
    train, test = split_stratified(labels.train, round(len(labels.train) * TEST_SHARE), SPLIT_SEED)
    if not len(test):
        raise CnnAppError(
            f"{len(train)} images without a test part are too few to take one from: add x_test and y_test."
        )
    notice = f"The file has no test part: {len(test):,} of its {len(labels.train):,} images were set apart for testing."
    return (
        _rows(images["x_train"], labels.train, train, rule=rule),
        _rows(images["x_train"], labels.train, test, rule=rule),
        [notice],
    )


def _rows(images: Array, labels: NDArray[np.int32], rows: NDArray[np.int64], *, rule: PixelRule) -> Rows:
    step = rows_per_batch(images.shape[1:], images.itemsize)

    def batches() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(rows), step):
            yield rule.apply(images[rows[start : start + step]])

    return Rows(labels[rows], batches)


def _read(source: Source, choices: Choices, workspace: Workspace) -> Reading:  # noqa: ARG001
    return Reading(
        source=source.name, files=len(source.entries), form=FORM.name, title=FORM.title, class_names=(), parts=()
    )


FORM = Form(
    "npz",
    "NumPy arrays (.npz)",
    find=lambda source: bool(source.entries) and all(entry.parts[0].endswith(".npy") for entry in source.entries),
    read=_read,
    make=lambda source, title, choices, workspace: make(source.path, title, ink=choices.wants_ink, workspace=workspace),
)
