"""What is kept of a run while it trains: checkpoints, epochs, the best network."""

import time
from typing import Any

from cnnapp.datasets import PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.runs import RunFolder, checkpoints, epochs
from cnnapp.settings import settings
from cnnapp.training import state
from cnnapp.training.pace import Rarely
from cnnapp.training.progress import Progress
from cnnapp.training.saving import save_model

MODEL_SECONDS = 15.0  # between two saves of the best network while training goes on


class Keeper:
    """What is kept of a run: its state, to go on from, and its best network, to be used."""

    def __init__(
        self, folder: RunFolder, prepared: PreparedDataset, *, model: Any, optimizer: Any, threads: int
    ) -> None:
        self._folder, self._prepared = folder, prepared
        self._model, self._threads = model, threads
        self.optimizer = optimizer  # each phase of training has its own
        self._best: checkpoints.Arrays | None = None
        self._model_due = Rarely(MODEL_SECONDS)
        self._state_due = Rarely(settings().checkpoint_seconds)
        self._epoch_due = Rarely(0.0)

    @property
    def has_best(self) -> bool:
        """Whether an epoch has been completed, so that there is a best one."""
        return self._best is not None

    @property
    def state_due(self) -> bool:
        """Whether the state should be kept again."""
        return self._state_due.due

    def save_state(self, progress: Progress) -> None:
        """Keep everything that the next step depends on."""
        if not progress.step:
            return
        began = time.perf_counter()
        arrays = state.collect(self._model, self.optimizer)
        arrays |= {f"best/{name}": array for name, array in (self._best or {}).items()}
        info = {"progress": progress.to_json(), "threads": self._threads, "dataset": self._prepared.digest}
        checkpoints.save(self._folder, progress.step, progress.epoch, arrays, info)
        self._state_due.done(time.perf_counter() - began)

    def find_state(self) -> checkpoints.Checkpoint | None:
        """Return the newest state that is whole, None when there is none; what was kept after it is forgotten."""
        found = checkpoints.newest(self._folder.path)
        epochs.forget_after(self._folder, found.epoch if found else 0)
        return found

    def load_state(self, found: checkpoints.Checkpoint) -> Progress:
        """Return to a state; the optimiser must be that of its phase.

        Raises:
            CnnAppError: it is of another network, of other images or of another version of the app.
        """
        if found.info.get("dataset", self._prepared.digest) != self._prepared.digest:  # older versions did not note it
            name = self._folder.config.dataset
            raise CnnAppError(
                f"The data set {name} holds other images than those that this run has learned from: its network stays "
                "as it is, and for the new images start a new run."
            )
        try:
            arrays = checkpoints.load(found.path)
            state.restore(arrays, self._model, self.optimizer)
            progress, threads = Progress.from_json(found.info["progress"]), found.info["threads"]
        except (KeyError, TypeError, ValueError):
            raise CnnAppError(
                "This run's checkpoint does not fit its settings (another version of the app?): start a new run."
            ) from None
        best = {name.removeprefix("best/"): array for name, array in arrays.items() if name.startswith("best/")}
        self._best = best or None
        if threads != self._threads:
            message = (
                f"Resumed with {self._threads} instead of {threads} threads: "
                "the result will differ in its last digits from an uninterrupted run."
            )
            self._folder.emit("notice", message=message)
        return progress

    def keep_best(self, progress: Progress) -> None:
        """Take the present weights for the best ones; save them if that has not been done for a while."""
        self._best = state.weights(self._model)
        if self._model_due.due:
            self.save_model(progress, None)

    def keep_epoch(self, progress: Progress, *, last: bool) -> None:
        """Keep the present weights as those of this epoch, the `last` one always, others where that is cheap enough."""
        if not (last or self._epoch_due.due):
            return
        began = time.perf_counter()
        weights, budget = state.weights(self._model), self._folder.recipe.epoch_weights_mb * 1024**2
        epochs.keep(self._folder, progress.epoch, weights, best=progress.best_epoch, budget=budget)
        self._epoch_due.done(time.perf_counter() - began)

    def put_best(self) -> None:
        """Give the model its best weights, if an epoch has been completed."""
        if self._best is not None:
            state.put_weights(self._best, self._model)

    def save_model(self, progress: Progress, test_accuracy: float | None) -> None:
        """Save the present weights, which are the best ones, as `model.keras`."""
        began = time.perf_counter()
        accuracies = (progress.best_accuracy, test_accuracy)
        save_model(self._folder, self._prepared, self._model, epoch=progress.best_epoch, accuracies=accuracies)
        self._model_due.done(time.perf_counter() - began)
