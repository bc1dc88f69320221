"""The training loop: one run from its first step to its saved network."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import PreparedDataset, augmentation
from cnnapp.datasets.augmentation import Draws
from cnnapp.errors import CnnAppError
from cnnapp.jobs import CalledOffError
from cnnapp.runs import Plan, RunFolder
from cnnapp.runs.starting import start_path
from cnnapp.training.class_weights import balanced_weights
from cnnapp.training.device import Device
from cnnapp.training.evaluation import evaluate
from cnnapp.training.graphs import Graphs
from cnnapp.training.keeper import Keeper
from cnnapp.training.network import begin_phase, build_network, give_first_weights
from cnnapp.training.pace import Pace
from cnnapp.training.progress import EpochSums, Progress
from cnnapp.training.rates import Rates
from cnnapp.training.saving import in_float32
from cnnapp.training.signals import Answers, EpochWatch, significant
from cnnapp.training.source import Source, epoch_order, open_sources


class Trainer:
    """One run from its first step to its saved network; `docs/architecture.md` says which states make it resumable."""

    def __init__(self, folder: RunFolder, prepared: PreparedDataset, device: Device) -> None:
        self.folder, self.prepared, self.device = folder, prepared, device
        self.config, self.recipe = folder.config, folder.recipe
        self.model, self.optimizer, self.graphs = build_network(self.config, self.recipe, device)
        self.train, self.validation, self.test = open_sources(prepared, self.config)
        self._weigh()
        self.steps_per_epoch = -(-len(self.train) // self.recipe.batch_size)
        self.rates = Rates(folder, self.recipe, self.steps_per_epoch)
        self.progress, self.pace, self.watch = Progress(), Pace(), EpochWatch(self.model)
        threads = device.intra_op_threads
        self.keeper = Keeper(folder, prepared, model=self.model, optimizer=self.optimizer, threads=threads)

    def restore(self) -> None:
        """Go on from the newest checkpoint that is whole, else begin; raises CnnAppError when what is there misfits."""
        found = self.keeper.find_state()
        if found is None:
            give_first_weights(self.model, self.config, self.recipe, self.train, start=start_path(self.folder.path))
            return
        if self.recipe.phase_at(found.epoch) != self.recipe.phase_at(0):
            self._enter_phase(found.epoch)
        self.progress = self.keeper.load_state(found)
        # Steps are counted as if all had been of today's batch: one that became smaller makes more of them.
        done = self.progress.sums.images // self.recipe.batch_size
        self.progress.step = self.progress.epoch * self.steps_per_epoch + done
        rule = self.recipe.early_stopping
        self.progress.waited = min(self.progress.waited, rule.patience - 1 if rule else 0)  # whoever resumes goes on

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
            self.keeper.save_state(self.progress)
            self._save_and_test()
            raise
        except CnnAppError:  # the present weights are spoilt: neither they nor their state are kept
            if self.keeper.has_best:
                self._save_and_test()
            raise
        self.keeper.save_state(self.progress)
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
        draws = self._draw(epoch)
        began = time.perf_counter()
        batch, done = self.recipe.batch_size, self.progress.sums.images
        self.watch.begin()
        self.train.read_ahead(order[done:])
        while done < count:
            self._look_for_requests()
            steps = self.pace.steps(-(-(count - done) // batch))
            positions = order[done : done + steps * batch]
            self._dispatch(positions, {name: values[positions] for name, values in draws.items()}, steps)
            done += len(positions)
            if self.keeper.state_due and done < count:  # at its end the epoch is evaluated first
                self.keeper.save_state(self.progress)
        return self._end_epoch(began)

    def _draw(self, epoch: int) -> Draws:
        rules, shape = self.recipe.augmentation, self.config.image_shape
        return augmentation.draw(rules, len(self.train), shape, seed=self.config.seed, epoch=epoch)

    def _dispatch(self, positions: NDArray[np.int64], draws: Draws, steps: int) -> None:
        import tensorflow as tf

        began, first = time.perf_counter(), self.progress.step
        rates = tf.constant([self.rates.at(first + index, self.progress) for index in range(steps)], tf.float32)
        batch = self.recipe.batch_size
        changes = {name: tf.constant(values) for name, values in draws.items()}
        waited = -time.perf_counter()
        batches = self.train.take(positions)
        waited += time.perf_counter()
        results = self.graphs.train(batches, changes, rates, tf.constant(batch))
        losses, rights, gradients, taken = (result.numpy() for result in results)
        sizes = np.full(steps, batch)
        sizes[-1] = len(positions) - batch * (steps - 1)
        seconds = time.perf_counter() - began
        self.pace.took(int(taken), len(positions), seconds)
        self.watch.took(seconds, waited, gradients[taken - 1])
        finite = int(taken) if np.isfinite(losses[taken - 1]) else int(taken) - 1
        norm = significant(float(gradients[:taken, 0].mean()))
        self._take_in(
            losses[:finite], rights[:finite], sizes[:finite], learning_rate=float(rates[-1]), gradient_norm=norm
        )
        if finite < steps:
            raise self._not_finite("loss", losses[finite])

    def _take_in(
        self, losses: NDArray[np.float32], rights: NDArray[np.int32], sizes: NDArray[np.int64], **facts: float | None
    ) -> None:
        progress, sums = self.progress, self.progress.sums
        sums.images += int(sizes.sum())
        # One by one, so that it does not matter where dispatches are cut.
        for loss, size in zip(losses.tolist(), sizes.tolist(), strict=True):
            sums.loss += loss * size
        sums.correct += int(rights.sum())
        progress.images += int(sizes.sum())
        self.folder.emit(
            "steps",
            step=progress.step + 1,
            loss=[float(f"{loss:.6g}") for loss in losses],
            accuracy=[round(float(right / size), 4) for right, size in zip(rights, sizes, strict=True)],
            images_per_second=round(self.pace.images_per_second, 1),
            **facts,
        )
        progress.step += len(losses)

    def _not_finite(self, name: str, loss: float) -> CnnAppError:
        step, epoch = self.progress.step + 1, self.progress.epoch + 1
        self.folder.emit("not_finite", what=name, step=step, epoch=epoch)
        used = self.rates.phase(self.progress.epoch).learning_rate
        kept = f"The network of epoch {self.progress.best_epoch} is kept. " if self.progress.best_epoch else ""
        return CnnAppError(
            f"The {name} became {loss} at step {step} (epoch {epoch}), so training was stopped. {kept}"
            f"Try a learning rate of {used / 10:g} instead of {used:g}."
        )

    def _look_for_requests(self) -> None:
        self.folder.raise_if_called_off()
        self.rates.heed_request(self.progress)

    def _end_epoch(self, began: float) -> bool:
        progress, sums = self.progress, self.progress.sums
        answers = self.evaluate(self.validation) if self.validation else None
        val_loss, val_accuracy = (answers.mean_loss, answers.accuracy) if answers else (None, None)
        if val_loss is not None and not np.isfinite(val_loss):
            raise self._not_finite("validation loss", val_loss)
        progress.epoch += 1
        progress.step = progress.epoch * self.steps_per_epoch  # one more, where a smaller batch cut the epoch oddly
        seconds = time.perf_counter() - began
        progress.seconds += seconds
        logs = {"loss": sums.mean_loss, "accuracy": sums.accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
        rate = self.rates.at(progress.step - 1, progress)
        facts = {"learning_rate": rate, "seconds": round(seconds, 3), "signals": self.watch.tell(answers)}
        self.folder.emit("epoch", epoch=progress.epoch, step=progress.step, **logs, **facts)
        progress.sums = EpochSums()
        phase, last = (self.recipe.phase_at(epochs - 1) for epochs in (progress.epoch, self.recipe.epochs))
        ends = phase == last and progress.should_stop(self.recipe.early_stopping, logs)
        self.rates.watch_plateau(progress, logs)
        if progress.is_best(val_accuracy, val_loss):
            self.keeper.keep_best(progress)
        self.keeper.keep_epoch(progress, last=ends or progress.epoch == self.recipe.epochs)
        self.folder.summarise(
            epochs=progress.epoch,
            val_accuracy=progress.best_accuracy,
            images_per_second=round(self.pace.images_per_second),
        )
        if self.recipe.phase_at(progress.epoch) != phase:
            self._change_phase()
        if progress.epoch == 1 or self.keeper.state_due:  # the first one opens the run to exploration
            self.keeper.save_state(progress)
        if ends and self.recipe.early_stopping:
            rule = self.recipe.early_stopping
            message = f"Early stopping: {rule.monitor} has not improved for {rule.patience} epochs."
            self.folder.emit("notice", message=message)
        return ends

    def _change_phase(self) -> None:
        """Begin the next phase with a fresh optimiser: a state that is kept of this step is of the new phase."""
        self.progress.begin_phase()
        self._enter_phase(self.progress.epoch)
        self.keeper.save_state(self.progress)
        self.folder.withdraw("learning_rate")  # the next one asked for, the same again even, is for this phase

    def _enter_phase(self, epoch: int) -> None:
        config, recipe = self.config, self.recipe
        network = begin_phase(self.model, config, recipe, strategy=self.graphs.strategy, epoch=epoch)
        _, self.optimizer, self.graphs = network
        self.keeper.optimizer = self.optimizer
        self._weigh()

    def _weigh(self) -> None:
        if self.recipe.class_weights == "balanced":
            self.graphs.weigh(balanced_weights(self.train.labels, len(self.config.class_names)))

    def evaluate(self, source: Source) -> Answers:
        """Return what the network answers to all images of a source, as arrays."""
        return evaluate(self.graphs, source, self.config.image_shape)

    def _test(self) -> float:
        """Return the test accuracy of the network as it is saved: in float32."""
        model = in_float32(self.config, self.model)
        if model is self.model:
            return self.evaluate(self.test).accuracy
        graphs = Graphs(model, self.optimizer, self.recipe, self.config.image_shape)
        return evaluate(graphs, self.test, self.config.image_shape).accuracy

    def _save_and_test(self) -> None:
        """Save the best network, or the present one before the first epoch has ended, and test it."""
        if not self.progress.step:
            return
        self.keeper.put_best()
        test_accuracy = self._test()
        self.keeper.save_model(self.progress, test_accuracy)
        facts: dict[str, Any] = {
            "val_accuracy": self.progress.best_accuracy,
            "test_accuracy": test_accuracy,
            "seconds": round(self.progress.seconds, 2),
        }
        self.folder.emit("result", epoch=self.progress.best_epoch, **facts)
        self.folder.summarise(**facts)
