"""The dataset process: `python -m cnnapp.datasets.worker JOB_DIR`; downloads, draws and imports."""

import os
import sys
from pathlib import Path

from cnnapp.datasets import library, readings, store, storing
from cnnapp.datasets.drafts import Draft, Report, Workspace
from cnnapp.datasets.export import export
from cnnapp.datasets.quality.check import check
from cnnapp.datasets.quality.stored import write_report
from cnnapp.datasets.request_kinds import CheckRequest, ExportRequest, ImportRequest, ReadRequest, RevisionRequest
from cnnapp.datasets.requests import SPOOL, UPLOAD, DatasetJobFolder
from cnnapp.datasets.revision import revise
from cnnapp.datasets.sources import given
from cnnapp.datasets.upkeep import EXPORT
from cnnapp.datasets.urls import download_once
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE, Reporter, claim_or_exit, working

NICENESS = 5  # pages stay quick while this works


def work(job: DatasetJobFolder) -> None:
    """Do what the job's request says and leave it finished."""
    job.raise_if_called_off()
    job.transition("running", allowed={"starting"})
    request, report = job.asked, Reporter(job)
    spool, upload = job.path / SPOOL, job.path / UPLOAD
    spool.mkdir(exist_ok=True)
    if isinstance(request, ImportRequest):
        storing.write(request.name, _draft(request, job.path, Workspace(spool, report)), report)
    elif isinstance(request, ReadRequest):
        _read(request, job, Workspace(spool, report))
    elif isinstance(request, CheckRequest):
        write_report(request.name, check(library.ensure(request.name), report))
    elif isinstance(request, RevisionRequest):
        storing.write(request.name, _revised(request, report), report)
    elif isinstance(request, ExportRequest):
        export(library.load(request.name), job.path / EXPORT, report)
    else:
        archive = request.archive or (upload if upload.exists() else None)
        library.prepare(library.find_row(request.name), Workspace(spool, report, archive))
    job.emit("finished", name=request.name)
    job.transition("finished", allowed=ACTIVE, message="", worker=None)


def _read(request: ReadRequest, job: DatasetJobFolder, workspace: Workspace) -> None:
    path, origin = _given_file(request, job.path, workspace.report)
    try:
        reading = given.read(path, request.file_name, request.choices, workspace)
    finally:
        if request.path is None:  # under other choices it may be read after all
            readings.keep_source(job.path, path)
    readings.store(job.path, reading.model_copy(update={"origin": " ".join(origin)}), workspace.album)


def _draft(request: ImportRequest, folder: Path, workspace: Workspace) -> Draft:
    path, notices = _given_file(request, folder, workspace.report)
    draft = given.make(path, request.title, request.choices, workspace, name=request.file_name)
    draft.notices[:0] = notices
    return draft


def _given_file(request: ReadRequest | ImportRequest, folder: Path, report: Report) -> tuple[Path, list[str]]:
    upload = folder / UPLOAD
    if request.url is None or upload.exists():  # an earlier reading has downloaded it
        return request.path or upload, [request.origin] if request.origin else []
    path, notice = download_once(request.url, folder / SPOOL, report)
    return path, [notice]


def _revised(request: RevisionRequest, report: Report) -> Draft:
    parent = store.read(request.parent)
    if parent.digest != request.parent_digest:
        raise CnnAppError(f"The data set {request.parent} is another one than when it was looked at: check it again.")
    return revise(parent, request.changes, report, title=request.title, version=request.version)


def main(path: Path) -> None:
    """Work on the job at `path`."""
    os.nice(NICENESS)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # Keras is only used to download: leave the GPU to training
    job = DatasetJobFolder(path)
    claim_or_exit(job)
    with working(job):
        work(job)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
