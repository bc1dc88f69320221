"""Workers as processes of this machine."""

import contextlib

import psutil

from cnnapp import jobs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from cnnapp.runs.launchers.interface import Life


class LocalLauncher:
    """Workers are processes of this machine, in sessions of their own: they outlive whoever starts them."""

    def submit(self, module: str, job: JobFolder, token: str) -> None:
        """Let the warm worker take the run, or start one."""
        jobs.launch(module, job, token)

    def status(self, job: JobFolder) -> Life:
        """Look for the process; of one on another machine its heartbeat tells, which `job.status` heeds."""
        process = job.status().process
        return "gone" if process is None or jobs.is_alive(process) is False else "alive"

    def stop(self, job: JobFolder) -> None:
        """Kill the worker; that no other process of the same number is hit, its start time tells."""
        worker = job.status().worker
        alive = jobs.is_alive(worker) if worker else False
        if alive is None:
            raise CnnAppError("This run is worked on by another machine: end its process there.")
        if worker and alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(worker.pid).kill()

    def logs(self, job: JobFolder) -> str:
        """Return the end of the run's log, which the worker writes into its folder."""
        return job.log_tail()
