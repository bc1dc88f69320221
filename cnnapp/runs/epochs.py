"""The weights of a run's epochs, to see how the network came about: as many as the disk budget holds."""

from pathlib import Path

from cnnapp import files
from cnnapp.jobs import JobFolder
from cnnapp.runs import checkpoints
from cnnapp.runs.checkpoints import Arrays, Checkpoint


def keep(run: JobFolder, epoch: int, weights: Arrays, *, best: int, budget: int) -> None:
    """Keep an epoch's weights as `epochs/<epoch>/`; drop others until all fit the budget.

    Args:
        run: the run folder; a worker that does not own it any more keeps nothing.
        epoch: 1-based, completed.
        weights: of the model, by variable path; nothing is kept of what alone is larger than the budget.
        best: the epoch that is dropped last, beside this one.
        budget: bytes, of all epochs together.
    """
    folder = _folder(run.path, epoch)
    size = sum(array.nbytes for array in weights.values())
    if folder.exists() or size > budget:
        return
    arrays = {f"model/{name}": array for name, array in weights.items()}
    checkpoints.write(run, folder, arrays, {"step": 0, "epoch": epoch, "info": {}})
    for number in to_drop(kept(run.path), budget // max(1, size), best=best):
        files.remove_folder(_folder(run.path, number))


def to_drop(epochs: list[int], places: int, *, best: int) -> list[int]:
    """Return the epochs that must go so that `places` are left: never the newest, the best one last.

    Of the others always the one goes whose neighbours are nearest to each other, so that what stays is spread evenly.

    Args:
        epochs: 1-based, ascending.
        places: 1 or more.
        best: an epoch.
    """
    left, dropped = list(epochs), []
    while len(left) > places:
        inner = [place for place in range(len(left) - 1) if left[place] != best] or [0]
        place = min(inner, key=lambda place: left[place + 1] - (left[place - 1] if place else 0))
        dropped.append(left.pop(place))
    return dropped


def kept(run: Path) -> list[int]:
    """Return the epochs whose weights are kept, 1-based, ascending."""
    return [int(path.name) for path in reversed(checkpoints.numbered(run / "epochs"))]


def find(run: Path, epoch: int) -> Checkpoint | None:
    """Return an epoch's weights, None when they are not kept or damaged."""
    return checkpoints.read(_folder(run, epoch))


def forget_after(run: JobFolder, epoch: int) -> None:
    """Drop the epochs that an attempt which begins after `epoch` will train again."""
    for number in kept(run.path):
        if number > epoch:
            files.remove_folder(_folder(run.path, number))


def _folder(run: Path, epoch: int) -> Path:
    return run / "epochs" / f"{epoch:06d}"
