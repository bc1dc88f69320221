"""Runs written by hand as a worker would have left them: whatever pages have to show, without TensorFlow."""

from typing import Any

import psutil

from cnnapp import runs
from cnnapp.jobs import State
from cnnapp.jobs.identity import Identity, identify
from cnnapp.runs import Plan, RunFolder

STEPS = 23  # in an epoch of digits with lenet5's batches of 64


def write_run(state: State = "queued", *, title: str = "", epochs: int = 0, message: str = "", **settings: Any) -> str:
    """Write a run of lenet5 on digits that has done `epochs` epochs; return its id.

    While it is active, this process passes for its worker.
    """
    run = runs.enqueue(runs.configure("digits", "lenet5", **settings), title)
    folder = runs.find(run)
    if epochs:
        write_epochs(folder, epochs)
    summary: dict[str, Any] = {"epochs": epochs}
    if state == "finished":
        summary |= {"val_accuracy": 0.95, "test_accuracy": 0.974, "seconds": 12.3, "images_per_second": 18200}
        folder.emit("result", epoch=epochs, val_accuracy=0.95, test_accuracy=0.974, seconds=12.3)
    if state != "queued":
        worker = identify() if state in ("starting", "running", "stopping") else None
        folder.transition(state, allowed={"queued"}, worker=worker, message=message, summary=summary)
    return run


def write_epochs(folder: RunFolder, epochs: int) -> None:
    """Write the plan and the events of the first epochs."""
    wanted = folder.config.recipe.epochs
    plan = Plan("CPU", 1437, 160, wanted, STEPS, batch_size=64, from_step=0)
    folder.emit("plan", **plan._asdict())
    for epoch in range(1, epochs + 1):
        loss, accuracy = 2 / epoch, 1 - 0.5 / epoch
        folder.emit(
            "steps",
            step=(epoch - 1) * STEPS + 1,
            loss=[loss] * STEPS,
            accuracy=[accuracy] * STEPS,
            learning_rate=0.001,
            images_per_second=18_200.0,
        )
        folder.emit(
            "epoch",
            epoch=epoch,
            step=epoch * STEPS,
            loss=loss,
            accuracy=accuracy,
            val_loss=loss + 0.1,
            val_accuracy=accuracy - 0.05,
            learning_rate=0.001,
            seconds=0.5,
        )
    folder.summarise(device="CPU")


def kill_worker(run: str) -> None:
    """Make the run's worker a process that has ended."""
    dead = max(psutil.pids()) + 100_000
    worker = Identity(boot=identify().boot, pid=dead, started=-1)
    runs.find(run).transition("running", allowed={"running"}, worker=worker)
