"""MNIST's own files and those like them: images and labels as idx, gzipped or not (LeCun, Cortes and Burges)."""

import gzip
import io
import math
import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import Draft, Rows, Workspace
from cnnapp.datasets.reading import Choices, Form, Reading, Source
from cnnapp.datasets.sources.ink_guess import SAMPLE, ink_rule, looks_like_ink
from cnnapp.datasets.sources.labels import read_labels
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess

MOST_BYTES = 256 * 1024**2  # of one array, unpacked; MNIST has 47 MB, EMNIST's digits 188
_UNSIGNED_BYTES = 0x08
_DAMAGE = (OSError, EOFError, ValueError, struct.error)  # gzip's and zlib's among them

Files = Mapping[tuple[str, str], Entry]


def find_files(entries: Sequence[Entry]) -> Files:
    """Return the files by (split, "images" or "labels"), as train-images-idx3-ubyte.gz; none for other containers."""
    found = {}
    for entry in entries:
        name = entry.parts[-1].lower()
        if "idx" in name and not name.startswith("."):
            split = "test" if "t10k" in name or "test" in name else "train"
            found[split, "images" if "images" in name else "labels"] = entry
    return found if len(found) == 4 else {}


def make(container: Container, files: Files, title: str, *, ink: bool | None, workspace: Workspace) -> Draft:
    """Make a draft of the four files.

    Raises:
        CnnAppError: one is damaged, or they do not fit together.
    """
    place_of = {entry: place for place, entry in files.items()}
    arrays = {}
    for content in container.read(list(files.values())):
        if content.problem:
            raise CnnAppError(f"{content.entry.shown} cannot be read: {content.problem}.")
        arrays[place_of[content.entry]] = read_idx(content.data, content.entry.shown)
        workspace.report("Reading the files", len(arrays), len(files))
    train, test = (_images(arrays[split, "images"], arrays[split, "labels"]) for split in ("train", "test"))
    labels = read_labels(arrays["train", "labels"], arrays["test", "labels"], None)
    sample = train[:SAMPLE]
    is_ink = looks_like_ink(sample) if ink is None else ink
    return Draft(
        title=title,
        source="import",
        class_names=labels.class_names,
        preprocess=Preprocess(
            image_shape=train.shape[1:], ink=ink_rule(sample, labels.class_names) if is_ink else None
        ),
        train=Rows.from_array(train, labels.train),
        test=Rows.from_array(test, labels.test),
        notices=labels.notices,
    )


def read_idx(data: bytes, name: str) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes: two zeros, the type, the number of axes, their lengths, the values.

    Raises:
        CnnAppError: it is damaged, holds other numbers or is larger than any set of images.
    """
    try:
        with gzip.open(io.BytesIO(data)) if data.startswith(b"\x1f\x8b") else io.BytesIO(data) as file:
            zeros, kind, axes = struct.unpack(">HBB", file.read(4))
            shape = struct.unpack(f">{axes}I", file.read(4 * axes))
            if zeros or kind != _UNSIGNED_BYTES or axes not in (1, 3) or math.prod(shape) > MOST_BYTES:
                raise ValueError
            values = np.frombuffer(file.read(math.prod(shape)), np.uint8).reshape(shape)
            if not values.size or file.read(1):
                raise ValueError
    except _DAMAGE:
        raise CnnAppError(f"{name} is no idx file of at most 268 MB, or is damaged: download it again.") from None
    return values


def _images(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise CnnAppError(
            f"The idx files hold images of shape {images.shape} and labels of shape {labels.shape}: expected (images, "
            "height, width) and one label for each."
        )
    return images[..., None]


def _read(source: Source, choices: Choices, workspace: Workspace) -> Reading:  # noqa: ARG001
    return Reading(
        source=source.name, files=len(source.entries), form=FORM.name, title=FORM.title, class_names=(), parts=()
    )


FORM = Form(
    "idx",
    "idx files, as MNIST's",
    find=lambda source: bool(find_files(source.entries)),
    read=_read,
    make=lambda source, title, choices, workspace: make(
        source.container, find_files(source.entries), title, ink=choices.wants_ink, workspace=workspace
    ),
)
