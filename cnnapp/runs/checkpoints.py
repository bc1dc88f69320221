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
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name.replace("/", "|"): array for name, array in arrays.items()})
    data = buffer.getvalue()
    with files.new_folder(folder, commit=run.turn()) as part:
        files.write(part / "arrays.npz", data, durable=False)  # new_folder makes all of it durable at once
        fact = {"step": step, "epoch": epoch, "digest": files.digest(data), "info": info}
        files.write_json(part / "checkpoint.json", fact, durable=False)
    for old in _folders(run.path)[KEPT:]:
        files.remove_folder(old)


def newest(run: Path) -> Checkpoint | None:
    """Return the newest state whose bytes match their digest, None if there is none."""
    for folder in _folders(run):
        try:
            fact = files.read_json(folder / "checkpoint.json")
            if files.digest_file(folder / "arrays.npz") == fact["digest"]:
                return Checkpoint(folder / "arrays.npz", fact["step"], fact["epoch"], fact["digest"], fact["info"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
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


def _folders(run: Path) -> list[Path]:
    """Return the checkpoints' folders, newest first."""
    try:
        return sorted((path for path in (run / "checkpoints").iterdir() if path.name.isdecimal()), reverse=True)
    except FileNotFoundError:
        return []


DAMAGE = (OSError, ValueError, KeyError, zipfile.BadZipFile)  # what reading a damaged checkpoint may raise
