"""Probes: what is measured before Start on a throw-away copy of a run's network; short jobs of the training worker.

A probe is a job folder `CNNAPP_HOME/probes/<id>/` with `probe.json` (what is asked, of which RunConfig) and, when it
has finished, `result.json`. `runs.request_probe` asks for one, `find` gives the newest of settings with the
same result.
"""

from cnnapp.runs.probes.folder import ProbeFolder, is_probe
from cnnapp.runs.probes.library import Probe, cancel, enqueue, find, get, log_tail
from cnnapp.runs.probes.proposal import propose_rate, smooth_losses
from cnnapp.runs.probes.request import ProbeKind, ProbeRequest, measured_recipe
from cnnapp.runs.probes.results import Mode, PreflightResult, RangeResult

__all__ = [
    "Mode",
    "PreflightResult",
    "Probe",
    "ProbeFolder",
    "ProbeKind",
    "ProbeRequest",
    "RangeResult",
    "cancel",
    "enqueue",
    "find",
    "get",
    "is_probe",
    "log_tail",
    "measured_recipe",
    "propose_rate",
    "smooth_losses",
]
