"""What runs in child processes: one job's folder, the library of one kind of jobs, processes and their identity."""

from cnnapp.jobs.environment import TOKEN, child_environment
from cnnapp.jobs.facts import JobFacts, Reporter
from cnnapp.jobs.folder import CalledOffError, FencedError, JobFolder
from cnnapp.jobs.identity import Identity, is_alive, machine_id
from cnnapp.jobs.library import JobLibrary
from cnnapp.jobs.processes import Launch, drop_spares, keep_spare, launch, reap, start
from cnnapp.jobs.spare import ARGUMENT as SPARE
from cnnapp.jobs.spare import wait_for_job
from cnnapp.jobs.status import ACTIVE, FINAL, Cause, JobStatus, State
from cnnapp.jobs.working import OutOfMemoryError, claim_or_exit, working

__all__ = [
    "ACTIVE",
    "FINAL",
    "SPARE",
    "TOKEN",
    "CalledOffError",
    "Cause",
    "FencedError",
    "Identity",
    "JobFacts",
    "JobFolder",
    "JobLibrary",
    "JobStatus",
    "Launch",
    "OutOfMemoryError",
    "Reporter",
    "State",
    "child_environment",
    "claim_or_exit",
    "drop_spares",
    "is_alive",
    "keep_spare",
    "launch",
    "machine_id",
    "reap",
    "start",
    "wait_for_job",
    "working",
]
