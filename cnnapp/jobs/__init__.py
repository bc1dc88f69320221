"""What runs in child processes: runs, probes and data set jobs alike.

A job is a folder (`JobFolder`): `state.json` (small, numbered, replaced whole), `events.jsonl`, `control/` (what is
asked of its worker), `heartbeat`, `log.txt`. `JobLibrary` is all jobs of one kind, `JobFacts` one of them as a list
shows it, `Reporter` how its worker says how far it is. A kind subclasses `JobFolder`: `idle` are the states in which
nobody works on it but somebody may yet, `tidy()` removes what only a worker needs. Every change of state is a turn
under the folder's lock, a worker's only while it owns the job; `call_off` changes request and state in one turn, so
that no worker that starts meanwhile misses it.
"""

from cnnapp.jobs.control import CalledOffError
from cnnapp.jobs.environment import TOKEN, child_environment
from cnnapp.jobs.facts import JobFacts, Reporter
from cnnapp.jobs.folder import FencedError, JobFolder
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
