"""`model.keras` and its card, written as a pair."""

import importlib.metadata
import os
from typing import Any

from cnnapp import architectures, files
from cnnapp.datasets import PreparedDataset
from cnnapp.runs import ModelCard, RunConfig, RunFolder
from cnnapp.training import state

Accuracies = tuple[float | None, float | None]


def in_float32(config: RunConfig, model: Any) -> Any:
    """Return `model`, or where it computes in mixed precision the same network in float32, as it is saved and used."""
    if config.recipe.precision == "float32":
        return model
    plain = architectures.build(config.layers, config.image_shape, seed=config.seed)
    state.put_weights(state.weights(model), plain)
    return plain


def save_model(folder: RunFolder, prepared: PreparedDataset, model: Any, *, epoch: int, accuracies: Accuracies) -> None:
    """Write `model.keras` aside, then its card; a reader takes the pair only when the digest matches.

    Keras' own save is not atomic: a kill during it destroys the file that was there.

    Args:
        folder: the run.
        prepared: the data set it is trained on.
        model: with the weights to save.
        epoch: 1-based epoch of these weights.
        accuracies: on validation and test images, 0-1, None when not known.
    """
    for left in folder.path.glob(f"model.*{files.PART}.keras"):  # by a worker that was killed in a save
        left.unlink(missing_ok=True)
    part = folder.path / f"model.{os.getpid()}{files.PART}.keras"  # Keras tells its format from the suffix
    in_float32(folder.config, model).save(part)
    data = part.read_bytes()
    part.unlink()
    card = ModelCard.of(
        folder,
        prepared,
        epoch=epoch,
        val_accuracy=accuracies[0],
        test_accuracy=accuracies[1],
        digest=files.digest(data),
        versions={name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy", "pillow")},
    )
    with folder.turn():  # no worker that was taken for dead puts its own in the place of its successor's
        files.write(folder.model_path, data)
        files.write(folder.card_path, card.model_dump_json(indent=1).encode())
