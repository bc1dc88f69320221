"""The trained networks of a run: its best one and its checkpoints, each with what belongs to it."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from cnnapp import datasets, files
from cnnapp.architectures import LayerSpec
from cnnapp.datasets import PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.runs import checkpoints, epochs
from cnnapp.runs.folder import RunFolder, find
from cnnapp.settings import settings

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

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        """Refuse what no run of this app writes, before anything is made of that size."""
        height, width, channels = self.preprocess.image_shape
        if min(height, width) < 1 or channels not in (1, 3) or height * width > settings().max_image_pixels:
            raise ValueError(f"no network sees images of {height}×{width}×{channels}")
        if len(self.class_names) < 2:
            raise ValueError("a network tells at least two classes apart")
        return self

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
    notice: str = ""  # a sentence, when it is another network than the one asked for, because that one is damaged


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
    saved, problem = _saved_model(folder)
    newest = _newest_checkpoint(folder)
    best_first = which == "best"
    ref = (saved or newest) if best_first else (newest or saved)
    if ref is None:
        raise CnnAppError(_nothing(folder, problem))
    if best_first and problem:
        return ref._replace(notice=f"{problem} The weights after epoch {ref.epoch} answer in its place.")
    return ref


def model_problem(run: str) -> str:
    """Return in one sentence what is wrong with the network that a run has saved, "" when nothing is."""
    return _saved_model(find(run))[1]


def _nothing(folder: RunFolder, problem: str) -> str:
    if problem:
        return f"{problem} No other weights of this run are left: train it again."
    if folder.status().final:
        return f"{folder.title} ended before its first epoch was done: resume it, or choose another run."
    return f"{folder.title} has no trained weights yet: wait for its first epoch, or choose another run."


def _digest(path: Path) -> str:
    """Return the file's SHA-256, computed once for each version of it."""
    stat = path.stat()
    return _digest_version(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)  # 300 bytes each, and hashing a network again takes milliseconds
def _digest_version(path: Path, _inode: int, _changed: int, _size: int) -> str:
    return files.digest_file(path)


def _saved_model(folder: RunFolder) -> tuple[ModelRef | None, str]:
    """Return the network that the run has saved, or None and what is wrong with it; "" while none is to be expected."""
    status = folder.status()
    if not status.final:  # a worker may just be writing the two files
        return _pair(folder)[0], ""
    ref, problem = _pair(folder)
    expected = status.summary.get("val_accuracy") is not None or status.summary.get("test_accuracy") is not None
    if ref is None and not problem and expected:
        problem = "is missing"
    return ref, f"The network that {folder.title} saved {problem}." if problem else ""


def _pair(folder: RunFolder) -> tuple[ModelRef | None, str]:
    """Return the network whose card belongs to it, or None and what is wrong; "" where there is neither of both."""
    has_model, has_card = folder.model_path.exists(), folder.card_path.exists()
    if not has_model:
        return None, "is missing" if has_card else ""
    if not has_card:
        return None, "has lost its card (model.json), which says what it was trained for"
    try:
        card = ModelCard.model_validate_json(folder.card_path.read_bytes())
        digest = _digest(folder.model_path)
    except (OSError, ValidationError):
        return None, "cannot be used, since its card (model.json) is damaged"
    if problem := _mismatch(card, digest, folder.name):
        return None, problem
    return ModelRef(folder.name, folder.model_path, "keras", card.digest, card.epoch, card), ""


def _mismatch(card: ModelCard, digest: str, run: str) -> str:
    if digest != card.digest:
        return "is damaged: it is not the file that its card (model.json) describes"
    return "" if card.run == run else "is another run's: somebody has put it there"


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
