"""A trainer of four numbers, on the run folder's own code: what can go wrong with files, in milliseconds a run."""

from pathlib import Path
from typing import Any

import numpy as np

from cnnapp import datasets
from cnnapp.jobs import ACTIVE, claim_or_exit, working
from cnnapp.runs import Plan, RunFolder
from cnnapp.training.keeper import Keeper
from cnnapp.training.progress import Progress

EPOCHS, STEPS = 3, 3
KEPT_EVERY = 2


class Variable:
    def __init__(self, path: str, values: Any) -> None:
        self.path, self.values = path, np.array(values, np.float32)

    def numpy(self) -> Any:
        return self.values.copy()

    def assign(self, values: Any) -> None:
        self.values = np.array(values, np.float32)


class Model:
    """As much of a Keras model, or of an optimiser, as is kept."""

    def __init__(self, *names: str) -> None:
        self.variables = [Variable(name, [1, 2, 3, 4]) for name in names]

    def save(self, path: Path) -> None:
        path.write_bytes(b"".join(variable.values.tobytes() for variable in self.variables))


class StandIn:
    """Takes steps whose noise is a function of the step alone."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder, self.model, self.optimizer = folder, Model("dense/kernel"), Model("momentum")
        prepared = datasets.load(folder.config.dataset)
        self.keeper = Keeper(folder, prepared, model=self.model, optimizer=self.optimizer, threads=1)
        self.progress = Progress()

    def run(self) -> None:
        self.folder.transition("running", allowed={"starting"})
        found = self.keeper.find_state()
        self.progress = self.keeper.load_state(found) if found else Progress()
        self.folder.emit("plan", **Plan("NumPy", 9, 0, EPOCHS, STEPS, 3, self.progress.step)._asdict())
        while self.progress.epoch < EPOCHS:
            self.step()
            if self.progress.step % STEPS == 0:
                self.end_epoch()
            if self.progress.step % KEPT_EVERY == 0:
                self.keep()
        self.keep()
        self.keeper.put_best()
        self.keeper.save_model(self.progress, 0.5)
        self.folder.emit("result", epoch=self.progress.best_epoch, test_accuracy=0.5)
        self.folder.transition("finished", allowed=ACTIVE, worker=None, summary={"test_accuracy": 0.5})

    def step(self) -> None:
        weight, momentum = self.model.variables[0], self.optimizer.variables[0]
        noise = np.random.Generator(np.random.Philox(key=[1, self.progress.step])).normal(size=4)
        momentum.assign(0.9 * momentum.values + noise)
        weight.assign(weight.values - 0.1 * momentum.values)
        self.progress.step += 1
        loss = round(float(np.abs(weight.values).sum()), 6)
        self.folder.emit("steps", step=self.progress.step, loss=[loss], accuracy=[0.5], images_per_second=1.0)

    def end_epoch(self) -> None:
        progress = self.progress
        progress.epoch += 1
        score = float(self.model.variables[0].values[0])
        facts = {"loss": 1.0, "accuracy": 0.5, "val_loss": -score, "val_accuracy": 0.5}
        self.folder.emit("epoch", epoch=progress.epoch, step=progress.step, **facts, learning_rate=0.1, seconds=0.0)
        if progress.is_best(0.5, -score):
            self.keeper.keep_best(progress)
            self.keeper.save_model(progress, None)
        self.folder.summarise(epochs=progress.epoch)

    def keep(self) -> None:
        self.keeper.save_state(self.progress)
        print(f"kept {self.progress.step}", flush=True)  # an acknowledgement: from now on it must not be lost


def work(path: Path) -> None:
    """Be the worker of the run at `path`."""
    folder = RunFolder(path)
    claim_or_exit(folder)
    with working(folder):
        StandIn(folder).run()
