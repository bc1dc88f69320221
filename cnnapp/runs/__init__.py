from cnnapp.runs.attempts import clone, pause, resume, set_learning_rate
from cnnapp.runs.config import RunConfig, configure, configure_first_run
from cnnapp.runs.folder import RunFolder, find
from cnnapp.runs.history import DispatchRow, EpochRow, EpochSignals, History, NotFinite, Plan
from cnnapp.runs.library import (
    STATE_MARKS,
    RunSummary,
    delete,
    get,
    list_runs,
    rename,
    stop,
    submit,
    using_dataset,
)
from cnnapp.runs.models import ModelCard, ModelRef, find_model
from cnnapp.runs.queue import WORKER, schedule

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
    "find",
    "find_model",
    "get",
    "list_runs",
    "pause",
    "rename",
    "resume",
    "schedule",
    "set_learning_rate",
    "stop",
    "submit",
    "using_dataset",
]
