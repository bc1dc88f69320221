"""CIFAR-10 and CIFAR-100 as their authors give them: python archives (Krizhevsky 2009)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import Draft, Rows, Workspace
from cnnapp.datasets.sources.array_reading import form_of_arrays
from cnnapp.datasets.sources.restricted import load_batch
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess

SIDE = 32
_TEN = {
    "train": [f"data_batch_{number}" for number in range(1, 6)],
    "test": ["test_batch"],
    "names": ["batches.meta"],
}
_HUNDRED = {"train": ["train"], "test": ["test"], "names": ["meta"]}
_LABELS, _NAMES = ("labels", "fine_labels"), ("label_names", "fine_label_names")

Files = Mapping[str, Entry]


def find_files(entries: Sequence[Entry]) -> Files:
    """Return the files of a CIFAR archive by name; none for other archives."""
    by_name = {entry.parts[-1]: entry for entry in entries}
    for layout in (_TEN, _HUNDRED):
        wanted = [name for names in layout.values() for name in names]
        if all(name in by_name for name in wanted):
            return {name: by_name[name] for name in wanted}
    return {}


def make(container: Container, files: Files, title: str, workspace: Workspace) -> Draft:
    """Make a draft of the archive.

    Raises:
        CnnAppError: a file is damaged, or asks for anything to be run.
    """
    name_of = {entry: name for name, entry in files.items()}
    batches: dict[str, dict[str, Any]] = {}
    for content in container.read(list(files.values())):
        if content.problem:
            raise CnnAppError(f"{content.entry.shown} cannot be read: {content.problem}.")
        batches[name_of[content.entry]] = load_batch(content.data, content.entry.shown)
        workspace.report("Reading the archive", len(batches), len(files))
    layout = _HUNDRED if "meta" in files else _TEN
    names = _class_names(batches[layout["names"][0]])
    return Draft(
        title=title,
        source="import",
        class_names=names,
        preprocess=Preprocess(image_shape=(SIDE, SIDE, 3)),
        train=_rows([batches[name] for name in layout["train"]], len(names)),
        test=_rows([batches[name] for name in layout["test"]], len(names)),
    )


def _class_names(meta: Mapping[str, Any]) -> tuple[str, ...]:
    names = next((meta[key] for key in _NAMES if key in meta), None)
    if not isinstance(names, list) or not 2 <= len(names) <= 1000:
        raise CnnAppError("The archive does not name its classes as CIFAR does: download it again.")
    return tuple((name.decode() if isinstance(name, bytes) else str(name)).replace("_", " ")[:100] for name in names)


def _rows(batches: Sequence[Mapping[str, Any]], classes: int) -> Rows:
    pairs = [_batch(batch, classes) for batch in batches]
    images = np.concatenate([images for images, _ in pairs])
    return Rows.from_array(images, np.concatenate([labels for _, labels in pairs]))


def _batch(batch: Mapping[str, Any], classes: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return images uint8 (n, 32, 32, 3) and labels (n,) of rows of 3,072 bytes: red, green, blue, row by row."""
    data, labels = batch.get("data"), next((batch[key] for key in _LABELS if key in batch), None)
    good = (
        isinstance(data, np.ndarray)
        and data.shape[1:] == (3 * SIDE * SIDE,)
        and isinstance(labels, list)
        and len(labels) == len(data) > 0
        and all(isinstance(label, int) and 0 <= label < classes for label in labels)
    )
    if not good or data is None:
        raise CnnAppError("The archive is laid out like CIFAR but its arrays are not: download it again.")
    return data.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1), np.array(labels, np.int32)


FORM = form_of_arrays(
    "cifar",
    "CIFAR's python version",
    lambda source: bool(find_files(source.entries)),
    lambda source, title, _choices, workspace: make(source.container, find_files(source.entries), title, workspace),
)
