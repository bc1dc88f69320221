from cnnapp import files, jobs
from cnnapp.runs.folder import find
from cnnapp.runs.library import list_runs
from cnnapp.settings import settings

WORKER = "cnnapp.training.worker"


def schedule() -> list[str]:
    """Start queued runs, oldest first, while workers are free; return their ids.

    Anyone may call it: the server, the command line, an ending worker. They take turns rather than leave it to
    the one who came first: that one may have looked before this one's run was queued or its worker had ended.
    """
    jobs.reap()
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    with files.locked(home / "scheduler.lock"):
        runs = list_runs()
        free = settings().workers - sum(run.active for run in runs)
        queued = [run.run for run in sorted(runs, key=lambda run: run.queued) if run.state == "queued"]
        return [run for run in queued[: max(0, free)] if jobs.start(WORKER, find(run))]
