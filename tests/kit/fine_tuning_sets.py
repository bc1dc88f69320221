"""Digits in two data sets of five classes each, and runs trained in this process: what fine-tuning is tried on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets, runs
from cnnapp.datasets import storing
from cnnapp.datasets.drafts import Draft, Rows
from cnnapp.jobs import CalledOffError
from cnnapp.runs import RunConfig
from cnnapp.training.device import Device
from cnnapp.training.loop import Trainer


def write_digits(
    name: str, classes: range, *, each: int = 0, chosen: np.ndarray | None = None, like: str = "digits"
) -> str:
    """Write a data set of some digits: of all or the `chosen` training images all, or the first `each` of a class."""
    source = datasets.ensure(like)
    splits = {}
    for split, images in (("train", source.train), ("test", source.test)):
        labels = np.asarray(images.labels)
        kept = [np.flatnonzero(labels == digit) for digit in classes]
        if split == "train" and each:
            kept = [rows[:each] for rows in kept]
        if split == "train" and chosen is not None:
            kept = [np.intersect1d(rows, chosen) for rows in kept]
        rows = np.sort(np.concatenate(kept))
        splits[split] = Rows.from_array(np.asarray(images.images[rows]), (labels[rows] - classes[0]).astype(np.int32))
    draft = Draft(
        title=name,
        source="import",
        class_names=tuple(source.manifest.class_names[digit] for digit in classes),
        preprocess=source.manifest.preprocess,
        description="",
        **splits,
    )
    storing.write(name, draft, lambda *_: None)
    return name


def submit(dataset: str, architecture: str, *, layers: list | None = None, seed: int = 0, **settings) -> str:
    """Queue a run; with `layers` its network has those instead of the catalog's."""
    if layers is None:
        return runs.enqueue(runs.configure(dataset, architecture, seed=seed, **settings))
    tuning = settings.pop("fine_tuning", None)
    config = runs.configure(dataset, architecture, seed=seed, **settings).model_dump() | {"layers": layers}
    config["recipe"]["fine_tuning"] = tuning
    return runs.enqueue(runs.starting.resolve_start(RunConfig.model_validate(config)))


def train(run: str) -> Trainer:
    """Train a run, or go on with it, in this process; return its trainer."""
    import keras

    keras.utils.clear_session()  # else the names of variables count on
    folder = runs.find(run)
    trainer = Trainer(folder, datasets.ensure(folder.config.dataset), Device("CPU", False, 2))
    trainer.restore()
    trainer.run()
    folder.transition("finished", allowed={"queued", "starting", "running"})
    return trainer


def at_step(patch: pytest.MonkeyPatch, step: int, happen: Callable[[Trainer], object]) -> None:
    """Have something happen just before a step of the runs trained in this process; its dispatch begins with it."""
    dispatch = Trainer._dispatch

    def faulty(self, positions, draws, count):
        if self.progress.step == step - 1:
            happen(self)
        dispatch(self, positions, draws, count)

    patch.setattr(Trainer, "_dispatch", faulty)
    patch.setattr("cnnapp.training.pace.Pace.steps", lambda _self, left: min(1, left))


def call_off(trainer: Trainer) -> None:
    """What a trainer does that finds a request to pause."""
    raise CalledOffError("paused")


def kept(run: str, epoch: int) -> dict[str, np.ndarray]:
    """Return the weights of an epoch."""
    from cnnapp.runs import checkpoints

    path: Path = runs.find_model(run, epoch).path
    return checkpoints.load_weights(path)
