"""What is measured before Start on a throw-away copy of a run's network: short jobs of the training worker."""

from cnnapp.runs.trials.folder import TrialFolder, is_trial
from cnnapp.runs.trials.library import Trial, cancel, find, get, log_tail, request
from cnnapp.runs.trials.proposal import propose_rate, smooth_losses
from cnnapp.runs.trials.request import TrialKind, TrialRequest, measured_recipe
from cnnapp.runs.trials.results import Mode, PreflightResult, RangeResult

__all__ = [
    "Mode",
    "PreflightResult",
    "RangeResult",
    "Trial",
    "TrialFolder",
    "TrialKind",
    "TrialRequest",
    "cancel",
    "find",
    "get",
    "is_trial",
    "log_tail",
    "measured_recipe",
    "propose_rate",
    "request",
    "smooth_losses",
]
