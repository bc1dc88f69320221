"""The trained networks of a run: its best one and its checkpoints, each with what belongs to it."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp import datasets, files
from cnnapp.architectures import LayerSpec
from cnnapp.datasets import PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.runs import checkpoints, epochs
from cnnapp.runs.folder import RunFolder, find

Which = Literal["best", "newest"]


class ModelCard(BaseModel):
    """`model.json`: what must stand beside a network so that training, prediction and export cannot drift apart."""

    model_config = ConfigDict(frozen=True)

    run: str
    dataset: str
    dataset_digest: str
    architecture: str
    class_names: tuple[str, ...]
    preprocess: Preprocess
    layers: tuple[LayerSpec, ...]
    epoch: int  # 1-based: the epoch whose weights these are
    val_accuracy: float | None  # 0-1
    test_accuracy: float | None  # 0-1
    digest: str  # SHA-256 of model.keras or of the checkpoint
    versions: dict[str, str] = {}

    @classmethod
    def of(cls, folder: RunFolder, prepared: PreparedDataset, **found: Any) -> Self:
        """Return the card of a network of this run.

        Args:
            folder: the run.
            prepared: what it is trained on.
            **found: the fields that neither says: `epoch`, `digest` and what is known of the others.
        """
        config = folder.config
        facts = {"val_accuracy": None, "test_accuracy": None, **found}
        return cls(
            run=folder.name,
            dataset=config.dataset,
            dataset_digest=prepared.digest,
            architecture=config.architecture,
            class_names=config.class_names,
            preprocess=prepared.preprocess,
            layers=config.layers,
            **facts,
        )


class ModelRef(NamedTuple):
    """Where a network's weights are; `digest` tells one from another."""

    run: str
    path: Path
    kind: Literal["keras", "checkpoint"]
    digest: str
    epoch: int  # epochs completed
    card: ModelCard


def kept_epochs(run: str) -> list[int]:
    """Return the epochs of a run whose weights are kept, 1-based, ascending; raises CnnAppError for an unknown run."""
    return epochs.kept(find(run).path)


def find_model(run: str, which: Which | int = "best") -> ModelRef:
    """Return a run's network: `model.keras`, or its newest checkpoint while there is none.

    Args:
        run: the run's id.
        which: "best": the saved model when there is one; "newest": the newest checkpoint when there is one; a number:
            that epoch's weights, one of `kept_epochs`.

    Raises:
        CnnAppError: the run is unknown, has no weights yet, or those of that epoch are not kept.
    """
    folder = find(run)
    if isinstance(which, int):
        return _epoch(folder, which)
    best, newest = _saved_model, _newest_checkpoint
    for look in (best, newest) if which == "best" else (newest, best):
        if ref := look(folder):
            return ref
    if folder.status().final:
        raise CnnAppError(f"{folder.title} ended before its first epoch was done: resume it, or choose another run.")
    raise CnnAppError(f"{folder.title} has no trained weights yet: wait for its first epoch, or choose another run.")


def _digest(path: Path) -> str:
    """Return the file's SHA-256, computed once for each version of it."""
    stat = path.stat()
    return _digest_version(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)  # 300 bytes each, and hashing a network again takes milliseconds
def _digest_version(path: Path, _inode: int, _changed: int, _size: int) -> str:
    return files.digest_file(path)


def _saved_model(folder: RunFolder) -> ModelRef | None:
    try:
        card = ModelCard.model_validate_json(folder.card_path.read_bytes())
        if _digest(folder.model_path) != card.digest:
            return None
    except (OSError, ValidationError):
        return None
    return ModelRef(folder.name, folder.model_path, "keras", card.digest, card.epoch, card)


def _epoch(folder: RunFolder, number: int) -> ModelRef:
    found = epochs.find(folder.path, number)
    if found is None:
        raise CnnAppError(f"The weights of epoch {number} of {folder.title} are not kept: choose another epoch.")
    return _checkpoint(folder, found)


def _newest_checkpoint(folder: RunFolder) -> ModelRef | None:
    found = checkpoints.newest(folder.path)
    return _checkpoint(folder, found) if found else None


def _checkpoint(folder: RunFolder, found: checkpoints.Checkpoint) -> ModelRef:
    card = ModelCard.of(folder, datasets.load(folder.config.dataset), epoch=found.epoch, digest=found.digest)
    return ModelRef(folder.name, found.path, "checkpoint", found.digest, found.epoch, card)
