"""Going on with a run: an attempt begins where the newest checkpoint ends, with what the person changed."""

import time
from typing import Any

from pydantic import ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe, explain
from cnnapp.runs import checkpoints
from cnnapp.runs.folder import RunFolder, find
from cnnapp.runs.library import submit


def pause(run: str) -> None:
    """Ask a run to leave the device; it waits for `resume`. A run that has ended is left as it is."""
    folder = find(run)
    status = folder.status()
    if status.final or status.state == "paused":
        return
    folder.request("pause")
    if not folder.transition("paused", allowed={"queued"}, message="Paused before it began."):
        folder.transition("stopping", allowed={"starting", "running"}, message="Pausing …")


def resume(run: str, **changes: Any) -> None:
    """Queue another attempt of a run that was paused or stopped, failed, was interrupted or is to learn for longer.

    Args:
        run: its id.
        **changes: fields of its recipe that may change on the way: `epochs` and `learning_rate`.

    Raises:
        CnnAppError: it has not ended, has nothing left to learn, or a change is out of range.
    """
    folder = find(run)
    recipe = _changed(folder.recipe, changes)
    done = _epochs_done(folder)
    if done >= recipe.epochs:
        raise CnnAppError(
            f"This run has learned all of its {recipe.epochs} epochs: resume it with more than {done} epochs."
        )
    attempt = folder.status().attempt + 1
    attempts = folder.path / "attempts"
    attempts.mkdir(exist_ok=True)
    files.write_json(attempts / f"{attempt}.json", {"attempt": attempt, "time": time.time(), "changes": changes})
    if "learning_rate" in changes:
        folder.request("learning_rate", changes["learning_rate"])
    if not folder.requeue(epochs_wanted=recipe.epochs):
        raise CnnAppError(f"{folder.title} is {folder.status().state}: only a run that has ended can go on.")


def clone(run: str, title: str = "") -> str:
    """Queue a new run with the settings of `run`; return its id."""
    folder = find(run)
    config = folder.config.model_copy(update={"recipe": folder.recipe})
    return submit(config, title or f"{folder.title[:90]} (again)")


def set_learning_rate(run: str, rate: float) -> None:
    """Change the learning rate of a run from its next dispatch on; its schedule goes on with the new rate.

    Raises:
        CnnAppError: the rate is out of range.
    """
    folder = find(run)
    folder.request("learning_rate", _changed(folder.recipe, {"learning_rate": rate}).learning_rate)


def _changed(recipe: Recipe, changes: dict[str, Any]) -> Recipe:
    if unknown := set(changes) - {"epochs", "learning_rate"}:
        raise CnnAppError(f"Only epochs and learning_rate can change on the way, not {', '.join(sorted(unknown))}.")
    try:
        return Recipe.model_validate({**recipe.model_dump(), **changes})
    except ValidationError as error:
        raise CnnAppError(explain(error)) from None


def _epochs_done(folder: RunFolder) -> int:
    newest = checkpoints.newest(folder.path)
    return newest.epoch if newest else 0
