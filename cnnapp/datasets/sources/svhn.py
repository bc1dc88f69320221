"""Street View House Numbers, cropped: `train_32x32.mat` with X (32, 32, 3, n) and y (n, 1), 10 for the digit 0."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Entry, check_total
from cnnapp.datasets.containers.container import CHUNK
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import Choices, Source
from cnnapp.datasets.reading.words import junk_reason, meaning_of
from cnnapp.datasets.sources.array_draft import Arrays, Told, Wanted, draft_of
from cnnapp.datasets.sources.array_reading import form_of_arrays
from cnnapp.datasets.sources.labels import Labels
from cnnapp.datasets.sources.mat_header import Variable, read_headers
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture

MOST_BYTES = 1024**3  # of the arrays of one file, unpacked: the library holds them in memory
MOST_SIDE = 512
ZERO = 10  # the label of the digit 0
_NAMES = tuple(str(digit) for digit in range(10))


def _find(source: Source) -> bool:
    """Whether there are MATLAB files and no pictures."""
    return bool(_mats(source)) and not any(is_called_picture(entry.parts[-1]) for entry in source.entries)


def _make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
    """Make a draft of the files.

    Raises:
        CnnAppError: a file is damaged, of another version, too large, or holds something else.
    """
    skipped = [*source.container.skipped]
    used: dict[SplitName, Entry] = {}
    for entry in source.entries:
        split = _split(entry) if entry in _mats(source) else None
        if split is None or split in used:
            why = "it is no MATLAB file" if split is None else "another file of its part is used"
            skipped.append(Skipped(file=entry.shown, reason=why))
        else:
            used[split] = entry
    if "train" not in used:
        used = {"train": used.pop(next(iter(used))), **used}
    read = {split: _read(source, entry, workspace) for split, entry in used.items()}
    shapes = {images.shape[1:] for images, _ in read.values()}
    if len(shapes) > 1:
        raise CnnAppError(f"The files have images of different sizes ({len(shapes)}): expected one for all.")
    labels = Labels({split: own for split, (_, own) in read.items()}, _NAMES)
    notice = "X and y of the MATLAB files were read as images and their digits; the label 10 is the digit 0."
    told = Told(skipped, [notice])
    images = {split: own for split, (own, _) in read.items()}
    return draft_of(
        title,
        Arrays(images, labels),
        Wanted(choices.wants_ink, None, choices.test_from, choices.group_rule),
        told,
        workspace.report,
    )


def _mats(source: Source) -> list[Entry]:
    return [e for e in source.entries if e.parts[-1].lower().endswith(".mat") and not junk_reason(e.parts)]


def _split(entry: Entry) -> SplitName | None:
    """Return the part that a file's name speaks of, training images by default; None for SVHN's extra images."""
    meaning = meaning_of(entry.parts[-1].rpartition(".")[0])
    if meaning is None:
        return "train"
    return next((split for split in ("train", "validation", "test") if split == meaning.role), None)


def _read(source: Source, entry: Entry, workspace: Workspace) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return images uint8 (n, h, w, 3), memory-mapped, and labels (n,) of one file."""
    with source.container.open(entry) as file:
        found = read_headers(file, entry.size, entry.shown)
    _check(found, entry)
    path, target = workspace.folder / "given.mat", workspace.folder / f"{_split(entry)}.raw"
    _copy(source, entry, path, workspace)
    images, labels = _load(path, entry)
    path.unlink()
    if images.dtype != np.uint8 or images.shape != found["X"].shape or labels.size != images.shape[3]:
        raise _other(entry)
    flat = labels.reshape(-1)
    if flat.dtype.kind not in "uif" or not np.isin(flat, np.arange(ZERO + 1)).all() or not flat.size:
        raise CnnAppError(f"{entry.shown} has labels outside 0 to {ZERO}: expected the digits, 10 for 0.")
    stored = np.memmap(target, np.uint8, "w+", shape=(flat.size, *images.shape[:3]))
    for place in range(flat.size):
        stored[place] = images[..., place]
    digits = flat.astype(np.int32)
    return stored, np.where(digits == ZERO, 0, digits).astype(np.int32)


def _check(found: dict[str, Variable], entry: Entry) -> None:
    """Raise CnnAppError unless the headers announce images and labels of SVHN's habit, within bounds."""
    if set(found) != {"X", "y"}:
        raise _other(entry)
    shape, labels = found["X"].shape, found["y"].shape
    if len(shape) != 4 or shape[2] != 3 or 0 in shape or sorted(labels) != sorted((1, shape[3])):
        raise _other(entry)
    if max(shape[:2]) > MOST_SIDE or found["X"].nbytes > MOST_BYTES or found["y"].nbytes > MOST_BYTES // 8:
        raise CnnAppError(
            f"{entry.shown} announces arrays of {found['X'].nbytes / 1e6:,.0f} MB with images of {shape[0]}×{shape[1]}"
            f": at most {MOST_BYTES / 1e6:,.0f} MB and {MOST_SIDE}×{MOST_SIDE} are read."
        )
    check_total(found["X"].nbytes + found["y"].nbytes, entry.size)


def _copy(source: Source, entry: Entry, path: Path, workspace: Workspace) -> None:
    done = 0
    with source.container.open(entry) as file, path.open("wb") as copy:
        while chunk := file.read(CHUNK):
            done += len(chunk)
            copy.write(chunk)
            workspace.report(f"Unpacking {entry.parts[-1]}", done, entry.size, "bytes")


def _load(path: Path, entry: Entry) -> tuple[NDArray[Any], NDArray[Any]]:
    from scipy.io import loadmat

    try:
        arrays = loadmat(path, variable_names=["X", "y"])
        images, labels = arrays["X"], arrays["y"]
    except Exception:
        raise CnnAppError(f"{entry.shown} is damaged or cut short: copy, download or save it again.") from None
    if not (isinstance(images, np.ndarray) and isinstance(labels, np.ndarray)) or images.ndim != 4:
        raise _other(entry)
    return images, labels


def _other(entry: Entry) -> CnnAppError:
    return CnnAppError(
        f"{entry.shown} holds something else than SVHN's files: expected X, bytes of shape (height, width, 3, images), "
        "and y, a label for each image."
    )


FORM = form_of_arrays("svhn", "MATLAB files, as SVHN's", _find, _make)
