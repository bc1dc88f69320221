from cnnapp.jobs.environment import child_environment
from cnnapp.jobs.folder import ACTIVE, FINAL, JobFolder, JobStatus, State
from cnnapp.jobs.processes import drop_spares, keep_spare, reap, spawn, start
from cnnapp.jobs.spare import ARGUMENT as SPARE
from cnnapp.jobs.spare import wait_for_job
from cnnapp.jobs.working import CalledOffError, claim_or_exit, working

__all__ = [
    "ACTIVE",
    "FINAL",
    "SPARE",
    "CalledOffError",
    "JobFolder",
    "JobStatus",
    "State",
    "child_environment",
    "claim_or_exit",
    "drop_spares",
    "keep_spare",
    "reap",
    "spawn",
    "start",
    "wait_for_job",
    "working",
]
