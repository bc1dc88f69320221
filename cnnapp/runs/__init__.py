"""Runs: what is trained, its folder, the queue, attempts, history and models; probes are what is measured before."""

from cnnapp.runs.attempts import learning_rate_now, pause, set_learning_rate
from cnnapp.runs.config import RunConfig
from cnnapp.runs.configuring import configure, configure_first_run
from cnnapp.runs.folder import RunFolder, find
from cnnapp.runs.history import DispatchRow, EpochRow, EpochSignals, History, NotFinite, Plan
from cnnapp.runs.library import (
    STATE_MARKS,
    RunSummary,
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
