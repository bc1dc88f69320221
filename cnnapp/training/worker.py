"""The training process: `python -m cnnapp.training.worker JOB_DIR`. Nothing here knows who started it.

With `--spare` instead of a folder it imports TensorFlow and compiles first, then takes the run from its stdin.
"""

import os
import sys
from pathlib import Path

from cnnapp import datasets
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, SPARE, OutOfMemoryError, claim_or_exit, wait_for_job, working
from cnnapp.runs import RunFolder, schedule
from cnnapp.runs.probes import ProbeFolder, is_probe
from cnnapp.training.device import set_up_device
from cnnapp.training.loop import Trainer
from cnnapp.training.probes.measure import measure
from cnnapp.training.warm_up import import_tensorflow, warm_up

NICENESS = 5  # pages stay quick while this trains


def train(folder: RunFolder) -> None:
    """Train the run and leave it finished."""
    folder.raise_if_called_off()
    prepared = datasets.ensure(folder.config.dataset)
    _check_same(prepared, folder)
    import_tensorflow()
    import tensorflow as tf

    device, batch = set_up_device(folder.status().gpus), folder.recipe.batch_size
    to_try = f"try {batch // 2}" if batch > 1 else "try a smaller network or smaller images"
    if_killed = f"Its batch size was {batch}: if memory ran out, {to_try}."
    folder.transition("running", allowed={"starting"}, message="", if_killed=if_killed)
    try:
        trainer = Trainer(folder, prepared, device)
        trainer.restore()
        trainer.run()
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        what = "This machine" if isinstance(error, MemoryError) else f"The {device.name}"
        raise OutOfMemoryError(f"{what} ran out of memory at a batch size of {batch}: {to_try}.") from None
    folder.transition("finished", allowed=ACTIVE, message="", worker=None)


def _check_same(prepared: datasets.PreparedDataset, folder: RunFolder) -> None:
    config, manifest = folder.config, prepared.manifest
    if manifest.image_shape != config.image_shape or tuple(manifest.class_names) != config.class_names:
        raise CnnAppError(
            f"The data set {config.dataset} has changed since this run was set up "
            f"(images were {config.image_shape}, now {manifest.image_shape}): start a new run."
        )


def main(argument: str) -> None:
    """Work on the run in the folder `argument`, then start the next queued one."""
    os.nice(NICENESS)
    path = wait_for_job(warm_up) if argument == SPARE else Path(argument)
    if is_probe(path):
        work_on_probe(path)
        return
    folder = RunFolder(path)
    claim_or_exit(folder)
    with working(folder):
        train(folder)
    if not _was_brought(folder):
        schedule()


def work_on_probe(path: Path) -> None:
    """Measure what the probe in the folder `path` asks, then start what waited for it."""
    folder = ProbeFolder(path)
    claim_or_exit(folder)
    with working(folder):
        measure(folder)
    schedule()


def _was_brought(folder: RunFolder) -> bool:
    """Whether a launcher brought this worker here: then it is not for this worker to say what else runs here."""
    try:
        return bool(folder.status().handle)
    except CnnAppError:  # it has ended and somebody has deleted it meanwhile
        return False


if __name__ == "__main__":
    main(sys.argv[1])
