"""Runs: what is trained, its folder, the queue, attempts, history and models; probes are what is measured before.

`runs/<id>/` is a job folder with `config.json` (`RunConfig`, immutable), `attempts/<n>.json` (what changed on the
way), `meta.json` (title, owner, note), `checkpoints/<step>/` (arrays and plain values, digested, the newest two),
`epochs/<n>/` (weights within the recipe's `epoch_weights_mb`), and `model.keras` with `model.json` (`ModelCard`): the
best epoch by validation accuracy, the last one without validation. An attempt begins where the newest whole
checkpoint ends.

The queue (`queue.py`): `submit` and `schedule` start at most `CNNAPP_WORKERS` runs on this machine, each with GPUs of
its own, and find dead workers. A launcher (`launchers/`) moves a process, never a run: what is wanted stands in the
run's folder before anybody is told. Out of memory: the message names the batch size; where the recipe says so,
`schedule` queues the run once more at half the batch, from its newest checkpoint.

`History` replays a run's events: series by step, rows by epoch, signals, what was not finite; `update()` reads only
what is new. `find_model` returns the network that was asked for, or says in `ModelRef.notice` which other one answers
and why.
"""

from cnnapp.runs.attempts import learning_rate_now, pause, set_learning_rate
from cnnapp.runs.config import RunConfig
from cnnapp.runs.configuring import configure, configure_first_run
from cnnapp.runs.folder import RunFolder, find
from cnnapp.runs.history import DispatchRow, EpochRow, EpochSignals, History, NotFinite, Plan
from cnnapp.runs.library import (
    delete,
    delete_all,
    describe,
    enqueue,
    get,
    list_runs,
    stop,
    using_dataset,
)
from cnnapp.runs.models import ModelCard, ModelRef, find_model, kept_epochs, model_problem
from cnnapp.runs.queue import WORKER, end_process, log_tail, move, schedule, waiting
from cnnapp.runs.submitting import clone, request_probe, resume, submit
from cnnapp.runs.summary import STATE_MARKS, RunSummary

__all__ = [
    "STATE_MARKS",
    "WORKER",
    "DispatchRow",
    "EpochRow",
    "EpochSignals",
    "History",
    "ModelCard",
    "ModelRef",
    "NotFinite",
    "Plan",
    "RunConfig",
    "RunFolder",
    "RunSummary",
    "clone",
    "configure",
    "configure_first_run",
    "delete",
    "delete_all",
    "describe",
    "end_process",
    "enqueue",
    "find",
    "find_model",
    "get",
    "kept_epochs",
    "learning_rate_now",
    "list_runs",
    "log_tail",
    "model_problem",
    "move",
    "pause",
    "request_probe",
    "resume",
    "schedule",
    "set_learning_rate",
    "stop",
    "submit",
    "using_dataset",
    "waiting",
]
