from cnnapp.jobs.folder import ACTIVE, FINAL, JobFolder, JobStatus, State
from cnnapp.jobs.processes import reap, spawn, start
from cnnapp.jobs.working import CalledOffError, claim_or_exit, working

__all__ = [
    "ACTIVE",
    "FINAL",
    "CalledOffError",
    "JobFolder",
    "JobStatus",
    "State",
    "claim_or_exit",
    "reap",
    "spawn",
    "start",
    "working",
]
