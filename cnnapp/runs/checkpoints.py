"""Training states as plain arrays: written aside, renamed, digested; damaged ones are passed over."""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp import files
from cnnapp.jobs import JobFolder

KEPT = 2  # the newest ones; one damaged file must not lose the run

Arrays = dict[str, NDArray[Any]]


class Checkpoint(NamedTuple):
    """One saved state, verified."""

    path: Path
    step: int  # global, 1-based: training steps done
    epoch: int  # epochs completed
    digest: str  # SHA-256 of the arrays' file
    info: dict[str, Any]  # the loop's own plain values


def save(run: JobFolder, step: int, epoch: int, arrays: Arrays, info: dict[str, Any]) -> None:
    """Keep a state as `checkpoints/<step>/` and remove all but the newest two.

    Args:
        run: the run folder; a worker that does not own it any more keeps nothing.
        step: global training steps done.
        epoch: epochs completed.
        arrays: by name: `model/<variable path>`, `optimizer/<variable path>`, …
        info: plain JSON values.
    """
    folder = run.path / "checkpoints" / f"{step:09d}"
    if folder.exists():
        return
    write(run, folder, arrays, {"step": step, "epoch": epoch, "info": info})
    for old in numbered(run.path / "checkpoints")[KEPT:]:
        files.remove_folder(old)


def write(run: JobFolder, folder: Path, arrays: Arrays, fact: dict[str, Any]) -> None:
    """Write arrays and plain values as `folder`, which is not there yet, whole or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name.replace("/", "|"): array for name, array in arrays.items()})
    data = buffer.getvalue()
    with files.new_folder(folder, commit=run.turn()) as part:
        files.write(part / "arrays.npz", data, durable=False)  # new_folder makes all of it durable at once
        files.write_json(part / "checkpoint.json", {**fact, "digest": files.digest(data)}, durable=False)


def newest(run: Path) -> Checkpoint | None:
    """Return the newest state whose bytes match their digest, None if there is none."""
    return next(filter(None, map(read, numbered(run / "checkpoints"))), None)


def read(folder: Path) -> Checkpoint | None:
    """Return what `write` has written, None when it is not there or its bytes do not match their digest."""
    try:
        fact = files.read_json(folder / "checkpoint.json")
        if files.digest_file(folder / "arrays.npz") != fact["digest"]:
            return None
        return Checkpoint(folder / "arrays.npz", fact["step"], fact["epoch"], fact["digest"], fact["info"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load(path: Path) -> Arrays:
    """Read the arrays of a checkpoint.

    Raises:
        OSError, ValueError, zipfile.BadZipFile: the file is gone or damaged.
    """
    with np.load(path, allow_pickle=False) as archive:
        return {name.replace("|", "/"): archive[name] for name in archive.files}


def load_weights(path: Path) -> Arrays:
    """Read the model's variables of a checkpoint: variable path -> array."""
    with np.load(path, allow_pickle=False) as archive:
        names = [name for name in archive.files if name.startswith("model|")]
        return {name.removeprefix("model|").replace("|", "/"): archive[name] for name in names}


def numbered(folder: Path) -> list[Path]:
    """Return the folders in `folder` that are named by a number, the highest first."""
    try:
        found = [path for path in folder.iterdir() if path.name.isdecimal()]
    except FileNotFoundError:
        return []
    return sorted(found, key=lambda path: int(path.name), reverse=True)


DAMAGE = (OSError, ValueError, KeyError, zipfile.BadZipFile)  # what reading a damaged checkpoint may raise
