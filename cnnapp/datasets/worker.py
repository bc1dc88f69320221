"""The dataset process: `python -m cnnapp.datasets.worker JOB_DIR`; downloads, draws and imports."""

import os
import sys
import time
from pathlib import Path

from cnnapp.datasets import library, requests, store, storing
from cnnapp.datasets.drafts import Draft, Unit, Workspace
from cnnapp.datasets.quality.check import check
from cnnapp.datasets.quality.stored import write_report
from cnnapp.datasets.request_kinds import CheckRequest, ImportRequest, RevisionRequest
from cnnapp.datasets.revision import revise
from cnnapp.datasets.sources import given
from cnnapp.datasets.urls import download_once
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, CalledOffError, JobFolder, claim_or_exit, working

NICENESS = 5  # pages stay quick while this works
SECONDS_BETWEEN_REPORTS = 0.3


class Progress:
    """Writes down how far the job is, a few times a second, and ends it when it was asked to stop."""

    def __init__(self, job: JobFolder) -> None:
        self._job = job
        self._what, self._since, self._last = "", 0.0, 0.0
        self._first = 0  # what was done already when this began

    def __call__(self, what: str, done: int, total: int, unit: Unit = "images") -> None:
        """Report `done` of `total`; raises CalledOffError."""
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_REPORTS and what == self._what:
            return
        if self._job.requested("stop"):
            raise CalledOffError
        if what != self._what:
            self._what, self._since, self._first = what, now, done
        self._last = now
        new = done - self._first
        left = (now - self._since) * (total - done) / new if new > 0 and now - self._since > 1 else None
        facts = {"what": what, "done": done, "total": total, "unit": unit, "seconds_left": left}
        self._job.summarise(**facts)
        self._job.emit("progress", **facts)


def work(job: JobFolder) -> None:
    """Do what the job's request says and leave it finished."""
    if job.requested("stop"):
        raise CalledOffError
    job.transition("running", allowed={"starting"})
    request, progress = requests.read_request(job.path), Progress(job)
    spool, upload = job.path / requests.SPOOL, job.path / requests.UPLOAD
    spool.mkdir(exist_ok=True)
    if isinstance(request, ImportRequest):
        storing.write(request.name, _draft(request, job.path, Workspace(spool, progress)), progress)
    elif isinstance(request, CheckRequest):
        write_report(request.name, check(library.ensure(request.name), progress))
    elif isinstance(request, RevisionRequest):
        storing.write(request.name, _revised(request), progress)
    else:
        archive = request.archive or (upload if upload.exists() else None)
        library.prepare(library.find_row(request.name), Workspace(spool, progress, archive))
    requests.clean_up(job.path)  # whoever sees the job finished finds nothing of it
    job.emit("finished", name=request.name)
    job.transition("finished", allowed=ACTIVE, message="", worker=None)


def _draft(request: ImportRequest, folder: Path, workspace: Workspace) -> Draft:
    path, notices = request.path or folder / requests.UPLOAD, []
    if request.url is not None:
        path, notice = download_once(request.url, workspace.folder, workspace.report)
        notices = [notice]
    draft = given.make(path, request.title, options=request.options, ink=request.ink, workspace=workspace)
    draft.notices[:0] = notices
    return draft


def _revised(request: RevisionRequest) -> Draft:
    parent = store.read(request.parent)
    if parent.digest != request.parent_digest:
        raise CnnAppError(f"The data set {request.parent} is another one than when it was looked at: check it again.")
    return revise(parent, request.changes, title=request.title, version=request.version)


def main(path: Path) -> None:
    """Work on the job at `path`; large temporary files go, however it ends."""
    os.nice(NICENESS)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # Keras is only used to download: leave the GPU to training
    job = JobFolder(path)
    claim_or_exit(job)
    try:
        with working(job):
            work(job)
    finally:
        requests.clean_up(job.path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
