"""Labels as people keep them, to class indices and class names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.manifest import SplitName
from cnnapp.errors import CnnAppError

MOST_CLASSES = 1000

Array = NDArray[Any]
Indices = NDArray[np.int32]


class Labels(NamedTuple):
    """Labels as class indices, and what the classes are called."""

    of: dict[SplitName, Indices]  # (n,) for each split
    class_names: tuple[str, ...]


def read_labels(arrays: Mapping[SplitName, tuple[str, Array]], names: Array | None) -> Labels:
    """Turn labels as people keep them, (n,), (n, 1) or one-hot (n, k), into class indices.

    Without names the classes are the distinct labels in order, called by their numbers.

    Args:
        arrays: what each split's labels are called, and they themselves; "train" among them.
        names: of the classes.

    Raises:
        CnnAppError: labels are no whole numbers from 0, do not fit the names, or are all the same.
    """
    flat = {split: _flatten(name, labels) for split, (name, labels) in arrays.items()}
    if len(np.unique(flat["train"])) < 2:
        raise CnnAppError(
            f"All training images have the label {flat['train'][0]}: a classifier needs at least two classes."
        )
    width = max(_one_hot_width(labels) for _, labels in arrays.values())
    values = np.arange(width) if width else np.unique(np.concatenate(list(flat.values())))
    if names is not None:
        class_names = _read_names(names, int(values[-1]) + 1)
        values = np.arange(len(class_names))
    else:
        class_names = tuple(str(value) for value in values)
    _check_number(len(class_names))
    return Labels({split: np.searchsorted(values, part).astype(np.int32) for split, part in flat.items()}, class_names)


def check_layout(name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Raise CnnAppError unless labels of this type and shape may be class numbers or one-hot rows."""
    wanted = "expected whole numbers from 0, one per image, or one-hot rows"
    if dtype.kind in "US":
        raise CnnAppError(f"{name} holds text labels: {wanted}. The names of the classes can go into class_names.")
    if dtype.kind not in "biuf":
        raise CnnAppError(f"{name} holds no numbers (its type is {dtype}): {wanted}.")
    if len(shape) not in (1, 2):
        raise CnnAppError(f"{name} has {len(shape)} dimensions, its shape is {shape}: {wanted}.")
    if 0 in shape:
        raise CnnAppError(f"{name} has shape {shape}, so there are no labels in it: {wanted}.")
    if len(shape) == 2 and shape[1] > MOST_CLASSES:
        raise CnnAppError(f"{name} has shape {shape}, for more than {MOST_CLASSES:,} classes: {wanted}.")


def _one_hot_width(labels: Array) -> int:
    return labels.shape[1] if labels.ndim == 2 and labels.shape[1] > 1 else 0


def _flatten(name: str, labels: Array) -> NDArray[np.int64]:
    check_layout(name, labels.dtype, labels.shape)
    if labels.dtype.kind == "f" and not np.all(np.isfinite(labels) & (labels == np.floor(labels))):
        raise CnnAppError(f"{name} has fractions or NaN among its labels: expected whole numbers from 0.")
    if _one_hot_width(labels):
        if not (np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()):
            raise CnnAppError(f"{name} has shape {labels.shape} but is not one-hot: expected exactly one 1 per row.")
        return np.asarray(np.argmax(labels, axis=1), np.int64)
    if labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
        low, high = str(labels.min()).replace("-", "−"), labels.max()
        raise CnnAppError(f"{name} has labels from {low} to {high}: expected class numbers from 0.")
    return labels.reshape(-1).astype(np.int64)


def _read_names(names: Array, classes: int) -> tuple[str, ...]:
    if names.ndim != 1 or names.dtype.kind != "U":
        raise CnnAppError(
            "class_names holds something else than names: expected one list of texts, a name for each class."
        )
    read = tuple(" ".join(str(name).split()) for name in names)
    if len(read) < classes or len(set(read)) < len(read) or not all(read):
        raise CnnAppError(
            f"class_names has {len(set(read) - {''})} different names for {classes} classes: expected one for each."
        )
    return read


def _check_number(classes: int) -> None:
    if classes > MOST_CLASSES:
        raise CnnAppError(
            f"There are {classes:,} different labels, more than {MOST_CLASSES:,}: expected a class number per image."
        )
