"""Going on with a run: an attempt begins where the newest checkpoint ends, with what the person changed."""

import contextlib
import time
from functools import partial
from typing import Any

from pydantic import ValidationError

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe, explain
from cnnapp.runs import checkpoints
from cnnapp.runs.folder import RunFolder, find
from cnnapp.runs.library import titles_taken
from cnnapp.runs.titles import title_after

CHANGEABLE = {"batch_size", "epochs", "learning_rate"}
SMALLER_BATCH = "smaller batch"  # why an attempt began that nobody asked for


def pause(run: str) -> None:
    """Ask a run to leave the device; it waits for `resume`. A run that has ended is left as it is."""
    folder = find(run)
    folder.status()  # one whose worker has died has ended
    folder.call_off("pause")


def requeue(run: str, **changes: Any) -> None:
    """Queue another attempt of a run that was paused or stopped, failed, was interrupted or is to learn for longer.

    Args:
        run: its id.
        **changes: fields of its recipe that may change on the way: `epochs`, `learning_rate` and `batch_size`.

    Raises:
        CnnAppError: it has not ended, has nothing left to learn, or a change is out of range.
    """
    folder = find(run)
    before = folder.recipe
    recipe = _changed(before, changes)
    done = _epochs_done(folder)
    # One that was killed after its last epoch still has its network to save and to test.
    if done >= recipe.epochs and folder.status().state in ("finished", "stopped"):
        raise CnnAppError(
            f"This run has learned all of its {recipe.epochs} epochs: resume it with more than {done} epochs."
        )
    if not folder.requeue(partial(_note, folder, changes), epochs_wanted=recipe.epochs):
        raise CnnAppError(f"{folder.title} is {folder.status().state}: only a run that has ended can go on.")
    if recipe != before:
        old, new = (folder.config.model_copy(update={"recipe": one}) for one in (before, recipe))
        with contextlib.suppress(OSError):  # it goes on, whatever it is called
            folder.describe(title=title_after(folder.title, old, new, titles_taken()))


def retry_with_less(folder: RunFolder) -> bool:
    """Queue a run that ran out of memory once more, at half its batch and where its newest checkpoint ends.

    Returns:
        Whether it was: its recipe must allow it, nobody must have called it off, and what ran out of memory must not
        have been such a retry.
    """
    try:
        status, recipe = folder.status(), folder.recipe
    except CnnAppError:  # it cannot be read: somebody is told on the Runs page
        return False
    if folder.requested("stop") or folder.requested("pause"):  # asked for while memory ran out
        return False
    batch = recipe.batch_size
    if not recipe.smaller_batch_on_oom or batch == 1 or _reason(folder, status.attempt) == SMALLER_BATCH:
        return False
    if not folder.requeue(partial(_note, folder, {"batch_size": batch // 2}, reason=SMALLER_BATCH)):
        return False
    folder.transition("queued", allowed={"queued"}, queued=status.queued)  # it has waited already
    folder.emit("notice", message=f"Memory ran out at a batch size of {batch}: it goes on with {batch // 2}.")
    return True


def _note(folder: RunFolder, changes: dict[str, Any], attempt: int, *, reason: str = "") -> None:
    """Write down what changes with an attempt, before it begins."""
    attempts = folder.path / "attempts"
    attempts.mkdir(exist_ok=True)
    fact = {"attempt": attempt, "time": time.time(), "changes": changes, "reason": reason}
    files.write_json(attempts / f"{attempt}.json", fact)
    if "learning_rate" in changes:
        folder.request("learning_rate", changes["learning_rate"])


def _reason(folder: RunFolder, attempt: int) -> str:
    try:
        return str(files.read_json(folder.path / "attempts" / f"{attempt}.json").get("reason", ""))
    except (OSError, ValueError, AttributeError):  # the first attempt has no note
        return ""


def set_learning_rate(run: str, rate: float) -> None:
    """Change the learning rate of a run from its next dispatch on; its schedule goes on with the new rate.

    Raises:
        CnnAppError: the rate is out of range.
    """
    folder = find(run)
    folder.request("learning_rate", _changed(folder.recipe, {"learning_rate": rate}).learning_rate)


def learning_rate_now(run: str) -> float:
    """Return the learning rate that the run's schedule starts from now: the one asked for last, else its recipe's."""
    folder = find(run)
    asked = folder.requested("learning_rate")
    if isinstance(asked, int | float) and asked > 0:
        return float(asked)
    recipe, done = folder.recipe, folder.status().summary.get("epochs", 0)
    return recipe.phases[recipe.phase_at(min(done, recipe.epochs - 1))].learning_rate


def _changed(recipe: Recipe, changes: dict[str, Any]) -> Recipe:
    if unknown := set(changes) - CHANGEABLE:
        known = ", ".join(sorted(CHANGEABLE))
        raise CnnAppError(f"Only {known} can change on the way, not {', '.join(sorted(unknown))}.")
    if changes.get("batch_size", 0) > recipe.batch_size:
        raise CnnAppError(
            f"On the way a batch can only become smaller than {recipe.batch_size}, not {changes['batch_size']}: "
            "start a new run for a larger one."
        )
    try:
        return Recipe.model_validate({**recipe.model_dump(), **changes})
    except ValidationError as error:
        raise CnnAppError(explain(error)) from None


def _epochs_done(folder: RunFolder) -> int:
    newest = checkpoints.newest(folder.path)
    return newest.epoch if newest else 0
