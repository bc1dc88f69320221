"""The training worker's short jobs, probes: what is measured before Start, on a network that is thrown away."""

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel

from cnnapp import datasets
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, OutOfMemoryError, Reporter
from cnnapp.runs import RunConfig, list_runs
from cnnapp.runs.probes import ProbeFolder

LOWER_PRIORITY = 5  # a range test gives way to runs: only its losses count, not its time


def measure(folder: ProbeFolder) -> None:
    """Find out what the probe asks and leave it finished."""
    folder.raise_if_called_off()
    _be_first_to_go()
    asked = folder.asked
    if asked.kind == "range":
        _give_way()
    prepared = datasets.ensure(asked.config.dataset)
    check_same(prepared, asked.config)
    Reporter(folder)("Loading TensorFlow", 0, 0)
    import tensorflow as tf

    from cnnapp.training.device import set_up_device
    from cnnapp.training.probes.learning_rate_range import measure_range
    from cnnapp.training.probes.preflight import Preflight

    device, batch = set_up_device(folder.status().gpus), asked.config.recipe.batch_size
    folder.transition("running", allowed={"starting"}, if_killed=f"If memory ran out, try {_smaller(batch)}.")
    try:
        result: BaseModel
        if asked.kind == "range":
            result = measure_range(folder, asked.config, prepared, device)
        else:
            result = Preflight(folder, asked.config, prepared, device).run(_count_runs())
    except (tf.errors.ResourceExhaustedError, MemoryError):
        raise OutOfMemoryError(f"Memory ran out at a batch size of {batch}: try {_smaller(batch)}.") from None
    folder.put_result(result.model_dump(mode="json"))
    folder.transition("finished", allowed=ACTIVE, message="", worker=None)


def _count_runs() -> int:
    return sum(run.active for run in list_runs())


def check_same(prepared: datasets.PreparedDataset, config: RunConfig) -> None:
    """Raise CnnAppError when the data set is another one than when `config` was put together."""
    manifest = prepared.manifest
    if manifest.image_shape != config.image_shape or tuple(manifest.class_names) != config.class_names:
        raise CnnAppError(f"The data set {config.dataset} has changed: look at it again, then measure again.")


def _smaller(batch: int) -> str:
    return f"{batch // 2}" if batch > 1 else "a smaller network or smaller images"


def _be_first_to_go() -> None:
    """If the machine's memory runs out, the system shall end this process and not somebody's run."""
    with contextlib.suppress(OSError):  # not Linux
        Path("/proc/self/oom_score_adj").write_text("1000")


def _give_way() -> None:
    os.nice(LOWER_PRIORITY)
    # Where the system shares its cores among sessions, a process's niceness counts within its own only: sched(7).
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(LOWER_PRIORITY))
