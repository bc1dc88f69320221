import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp import architectures
from cnnapp.datasets import PreparedDataset, augmentation
from cnnapp.errors import CnnAppError
from cnnapp.jobs import CalledOffError
from cnnapp.runs import Plan, RunFolder, checkpoints
from cnnapp.settings import settings
from cnnapp.training import state
from cnnapp.training.device import Device
from cnnapp.training.graphs import Graphs
from cnnapp.training.optimizers import build_optimizer
from cnnapp.training.pace import Pace, Rarely
from cnnapp.training.progress import EpochSums, Progress
from cnnapp.training.saving import save_model
from cnnapp.training.source import Source, epoch_order, open_sources

EVALUATION_BATCH = 512
MODEL_SECONDS = 15.0


def heed_call_off(folder: RunFolder) -> None:
    """Raise CalledOffError when the run was asked to stop or to pause."""
    if folder.requested("stop"):
        raise CalledOffError
    if folder.requested("pause"):
        raise CalledOffError("paused")


class Trainer:
    """One run from its first step to its saved network; `docs/architecture.md` says which states make it resumable."""

    def __init__(self, folder: RunFolder, prepared: PreparedDataset, device: Device) -> None:
        import keras

        self.folder, self.prepared, self.device = folder, prepared, device
        self.config, self.recipe = folder.config, folder.recipe
        keras.utils.set_random_seed(self.config.seed)
        self.model = architectures.build(self.config.layers, self.config.image_shape, seed=self.config.seed)
        self.optimizer = build_optimizer(self.recipe)
        self.optimizer.build(self.model.trainable_variables)
        self.graphs = Graphs(self.model, self.optimizer, self.recipe, self.config.image_shape)
        self.train, self.validation, self.test = open_sources(prepared, self.config)
        self.steps_per_epoch = -(-len(self.train) // self.recipe.batch_size)
        self.progress, self.best = Progress(), None
        self.pace, self.model_due = Pace(), Rarely(MODEL_SECONDS)
        self.checkpoint_due = Rarely(settings().checkpoint_seconds)

    best: checkpoints.Arrays | None

    def restore(self) -> None:
        """Go on from the newest checkpoint that is whole, if there is one.

        Raises:
            CnnAppError: it is of another network or another version of the app.
        """
        found = checkpoints.newest(self.folder.path)
        if found is None:
            return
        try:
            arrays = checkpoints.load(found.path)
            state.restore(arrays, self.model, self.optimizer)
            self.progress = Progress.from_json(found.info["progress"])
        except (KeyError, TypeError, ValueError):
            raise CnnAppError(
                "This run's checkpoint does not fit its settings (another version of the app?): start a new run."
            ) from None
        best = {name.removeprefix("best/"): array for name, array in arrays.items() if name.startswith("best/")}
        self.best = best or None
        self.progress.waited = min(self.progress.waited, self._patience - 1)  # an early stop that is resumed goes on
        if found.info["threads"] != self.device.intra_op_threads:
            message = (
                f"Resumed with {self.device.intra_op_threads} instead of {found.info['threads']} threads: "
                "the result will differ in its last digits from an uninterrupted run."
            )
            self.folder.emit("notice", message=message)

    @property
    def _patience(self) -> int:
        return self.recipe.early_stopping.patience if self.recipe.early_stopping else 1

    def run(self) -> None:
        """Train to the last epoch, an early stop, a request to stop or a loss that is not finite; save what was best.

        Raises:
            CalledOffError: a stop was asked for; the network is saved.
            CnnAppError: the loss is not finite; the best network is saved.
        """
        self._announce()
        try:
            while self.progress.epoch < self.recipe.epochs:
                if self._train_epoch():
                    break
        except CalledOffError:
            self._checkpoint()
            self._save_and_test()
            raise
        except CnnAppError:  # the present weights are spoilt: neither they nor their state are kept
            if self.best is not None:
                self._save_and_test()
            raise
        self._checkpoint()
        self._save_and_test()

    def _announce(self) -> None:
        plan = Plan(
            device=self.device.name,
            train=len(self.train),
            validation=len(self.validation) if self.validation else 0,
            epochs=self.recipe.epochs,
            steps_per_epoch=self.steps_per_epoch,
            batch_size=self.recipe.batch_size,
            from_step=self.progress.step,
        )
        self.folder.emit("plan", **plan._asdict())
        self.folder.summarise(device=self.device.name)

    def _train_epoch(self) -> bool:
        """Train what is left of the current epoch; return whether early stopping ends the run after it."""
        epoch, count = self.progress.epoch, len(self.train)
        order = epoch_order(count, seed=self.config.seed, epoch=epoch)
        transforms = self._transforms(epoch)
        began = time.perf_counter()
        first = self.progress.step - epoch * self.steps_per_epoch
        while first < self.steps_per_epoch:
            self._look_for_requests()
            steps = self.pace.steps(self.steps_per_epoch - first)
            batch = self.recipe.batch_size
            positions = order[first * batch : min((first + steps) * batch, count)]
            self._dispatch(positions, transforms[positions] if len(transforms) else transforms, steps)
            first += steps
            if self.checkpoint_due.due and first < self.steps_per_epoch:  # at its end the epoch is evaluated first
                self._checkpoint()
        return self._end_epoch(began)

    def _transforms(self, epoch: int) -> NDArray[np.float32]:
        rules = self.recipe.augmentation
        if not rules.active:
            return np.empty((0, 8), np.float32)
        seed, shape = self.config.seed, self.config.image_shape
        return augmentation.draw(rules, len(self.train), shape, seed=seed, epoch=epoch)

    def _dispatch(self, positions: NDArray[np.int64], transforms: NDArray[np.float32], steps: int) -> None:
        import tensorflow as tf

        began = time.perf_counter()
        rates = tf.constant([self._rate(self.progress.step + index) for index in range(steps)], tf.float32)
        batch = self.recipe.batch_size
        results = self.graphs.train(self.train.take(positions), tf.constant(transforms), rates, tf.constant(batch))
        losses, rights, taken = (result.numpy() for result in results)
        sizes = np.full(steps, batch)
        sizes[-1] = len(positions) - batch * (steps - 1)
        seconds = time.perf_counter() - began
        self.pace.took(int(taken), len(positions), seconds)
        finite = int(taken) if np.isfinite(losses[taken - 1]) else int(taken) - 1
        self._take_in(losses[:finite], rights[:finite], sizes[:finite], float(rates[-1]))
        if finite < steps:
            self._not_finite(losses[finite])

    def _rate(self, step: int) -> float:
        recipe = self.recipe
        factor = recipe.schedule.factor(step, recipe.epochs * self.steps_per_epoch, self.steps_per_epoch)
        return (self.progress.learning_rate or recipe.learning_rate) * factor

    def _take_in(
        self, losses: NDArray[np.float32], rights: NDArray[np.int32], sizes: NDArray[np.int64], rate: float
    ) -> None:
        progress, sums = self.progress, self.progress.sums
        sums.images += int(sizes.sum())
        for loss, size in zip(
            losses.tolist(), sizes.tolist(), strict=True
        ):  # one by one: dispatches may be cut anywhere
            sums.loss += loss * size
        sums.correct += int(rights.sum())
        progress.images += int(sizes.sum())
        self.folder.emit(
            "steps",
            step=progress.step + 1,
            loss=[float(f"{loss:.6g}") for loss in losses],
            accuracy=[round(float(right / size), 4) for right, size in zip(rights, sizes, strict=True)],
            learning_rate=rate,
            images_per_second=round(self.pace.images_per_second, 1),
        )
        progress.step += len(losses)

    def _not_finite(self, loss: float) -> None:
        step, epoch = self.progress.step + 1, self.progress.epoch + 1
        kept = f"The network of epoch {self.progress.best_epoch} is kept. " if self.progress.best_epoch else ""
        raise CnnAppError(
            f"The loss became {loss} at step {step} (epoch {epoch}), so training was stopped. {kept}"
            f"Try a learning rate of {self.recipe.learning_rate / 10:g} instead of {self.recipe.learning_rate:g}."
        )

    def _look_for_requests(self) -> None:
        heed_call_off(self.folder)
        rate = self.folder.requested("learning_rate")
        if rate is not None and rate != self.progress.learning_rate:
            self.progress.learning_rate = rate
            step = self.progress.step + 1
            self.folder.emit("notice", message=f"Learning rate changed to {rate:g} from step {step} on.")

    def _end_epoch(self, began: float) -> bool:
        progress, sums = self.progress, self.progress.sums
        val_loss, val_accuracy = self.evaluate(self.validation) if self.validation else (None, None)
        progress.epoch += 1
        seconds = time.perf_counter() - began
        progress.seconds += seconds
        logs = {"loss": sums.mean_loss, "accuracy": sums.accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
        rate = self._rate(progress.step - 1)
        self.folder.emit(
            "epoch", epoch=progress.epoch, step=progress.step, **logs, learning_rate=rate, seconds=round(seconds, 3)
        )
        progress.sums = EpochSums()
        ends = progress.should_stop(self.recipe.early_stopping, logs)
        if progress.is_best(val_accuracy, val_loss):
            self.best = state.weights(self.model)
            if self.model_due.due:
                self._save_best(None)
        self.folder.summarise(
            epochs=progress.epoch,
            val_accuracy=progress.best_accuracy,
            images_per_second=round(self.pace.images_per_second),
        )
        if progress.epoch == 1 or self.checkpoint_due.due:  # the first one opens the run to exploration
            self._checkpoint()
        if ends and self.recipe.early_stopping:
            rule = self.recipe.early_stopping
            message = f"Early stopping: {rule.monitor} has not improved for {rule.patience} epochs."
            self.folder.emit("notice", message=message)
        return ends

    def evaluate(self, source: Source) -> tuple[float, float]:
        """Return mean loss and accuracy (0-1) on all images of a source."""
        import tensorflow as tf

        loss, right, chunk = 0.0, 0, EVALUATION_BATCH * 16
        for first in range(0, len(source), chunk):
            positions = np.arange(first, min(first + chunk, len(source)), dtype=np.int64)
            part = self.graphs.evaluate(source.take(positions), tf.constant(EVALUATION_BATCH))
            loss, right = loss + float(part[0]), right + int(part[1])
        return loss / len(source), right / len(source)

    def _checkpoint(self) -> None:
        if not self.progress.step:
            return
        began = time.perf_counter()
        arrays = state.collect(self.model, self.optimizer)
        arrays |= {f"best/{name}": array for name, array in (self.best or {}).items()}
        info = {"progress": self.progress.to_json(), "threads": self.device.intra_op_threads}
        checkpoints.save(self.folder.path, self.progress.step, self.progress.epoch, arrays, info)
        self.checkpoint_due.done(time.perf_counter() - began)

    def _save_best(self, test_accuracy: float | None) -> None:
        """Save the model's present weights, which are the best ones."""
        began = time.perf_counter()
        accuracies = (self.progress.best_accuracy, test_accuracy)
        save_model(self.folder, self.prepared, self.model, epoch=self.progress.best_epoch, accuracies=accuracies)
        self.model_due.done(time.perf_counter() - began)

    def _save_and_test(self) -> None:
        """Save the best network, or the present one before the first epoch has ended, and test it."""
        if not self.progress.step:
            return
        if self.best is not None:
            state.put_weights(self.best, self.model)
        test_accuracy = self.evaluate(self.test)[1]
        self._save_best(test_accuracy)
        facts: dict[str, Any] = {
            "val_accuracy": self.progress.best_accuracy,
            "test_accuracy": test_accuracy,
            "seconds": round(self.progress.seconds, 2),
        }
        self.folder.emit("result", epoch=self.progress.best_epoch, **facts)
        self.folder.summarise(**facts)
