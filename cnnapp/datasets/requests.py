"""Jobs of the dataset worker: asked for here, by pages and the command line; done in a process of their own."""

import shutil
import time
import uuid
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cnnapp import files, jobs
from cnnapp.datasets import catalog, store
from cnnapp.datasets.drafts import Unit
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.names import slug
from cnnapp.datasets.request_kinds import ImportRequest, PrepareRequest, Request, RequestKind, requests_adapter
from cnnapp.datasets.uploads import Upload, check_size, write_upload
from cnnapp.datasets.urls import check_url
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from cnnapp.settings import settings

WORKER = "cnnapp.datasets.worker"
REQUEST, UPLOAD, SPOOL = "request.json", "upload", "spool"
ARCHIVES = (".npz", ".zip", ".tar", ".gz", ".tgz")
KEPT = 20  # ended jobs whose folders stay, for their messages and logs


class DatasetJob(BaseModel):
    """One job as a list shows it."""

    model_config = ConfigDict(frozen=True)

    job: str
    kind: RequestKind
    name: str  # of the data set that comes of it, or is checked
    title: str
    state: jobs.State
    message: str
    created: float  # seconds since 1970
    what: str = ""  # what is being done now
    done: int = 0
    total: int = 0
    unit: Unit = "images"
    seconds_left: float | None = None

    @property
    def live(self) -> bool:
        """Whether it may still change."""
        return self.state not in jobs.FINAL


def request_prepare(name: str, archive: Path | bytes | None = None) -> str:
    """Ask for a catalog row's arrays; asking twice gives the same job, asking for what is there one that ends at once.

    Args:
        name: a catalog row's name, with size if another one is wanted.
        archive: an `.npz` in Keras' layout (a path or its bytes) in place of the download.

    Raises:
        CnnAppError: the name is not in the catalog, or there is an archive for a set that is there already.
    """
    row = catalog.find(name)
    if row is None:
        raise CnnAppError(f"There is no data set called {name[:80]!r} in the catalog: import it from a file instead.")
    if (job := preparing().get(name)) is not None:
        jobs.start(WORKER, _folder(job))  # does nothing but for one that was queued when its starter died
        return job
    if archive is not None and store.is_stored(name):
        raise store.taken(name)
    path, upload = _path_or_upload(archive)
    return submit(PrepareRequest(name=name, title=row.title, archive=path), upload)


def request_import(
    source: Path | Upload | str, name: str, *, ink: bool | None = None, options: ImageOptions | None = None
) -> str:
    """Ask for a new data set made of NumPy arrays or of image files in folders of classes.

    Args:
        source: the path of a file or folder; what was dropped in a browser: a file's bytes or (path in the folder,
            bytes) of each file; or the address (URL) of an archive.
        name: what the user calls the set; its folder is called by a slug of it.
        ink: whether it is a set of pen-and-ink images; None: guess by the pixels.
        options: size, resize mode and colour for image files.

    Returns:
        The job's id.

    Raises:
        CnnAppError: the name is taken or no name, there is no such file, or the address cannot be one.
    """
    slugged = slug(name)
    row = catalog.find(slugged)
    if row is not None and row.source == "bundled":
        raise CnnAppError(f"{slugged} is the name of a data set that comes with the app: choose another name.")
    if store.is_stored(slugged) or any(job.live and job.name == slugged for job in list_jobs()):
        raise store.taken(slugged)
    if isinstance(source, Path) and not source.exists():
        raise CnnAppError(f"There is no file {source}: check the path.")
    if row is not None and isinstance(source, Path | bytes):  # the file that stands in for the row's download
        return request_prepare(slugged, source)
    if row is not None:
        raise CnnAppError(f"{slugged} is the name of a data set of the catalog: choose another name.")
    if isinstance(source, str):
        check_url(source)
    path, upload = _path_or_upload(None if isinstance(source, str) else source)
    url = source if isinstance(source, str) else None
    chosen = options or ImageOptions()
    return submit(ImportRequest(name=slugged, title=name.strip(), path=path, url=url, ink=ink, options=chosen), upload)


def list_jobs() -> list[DatasetJob]:
    """List the dataset worker's jobs, newest first; folders that cannot be read are passed over."""
    try:
        folders = [path for path in settings().jobs_dir.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    found = [job for folder in folders if (job := _read(folder)) is not None]
    return sorted(found, key=lambda job: job.created, reverse=True)


def get_job(job: str) -> DatasetJob:
    """Return one job; raises CnnAppError when it is gone."""
    found = _read(_folder(job).path)
    if found is None:
        raise CnnAppError("This job is no longer there: start it again.")
    return found


def inbox_files() -> list[Path]:
    """List the archives and folders in the operator's import roots; links are not followed."""
    found = [path for root in settings().import_roots for path in root.glob("[!.]*") if not path.is_symlink()]
    return sorted(path for path in found if path.is_dir() or (path.is_file() and path.suffix.lower() in ARCHIVES))


def resume(job: str) -> None:
    """Let an interrupted job go on: what it has downloaded and read is not read again.

    Raises:
        CnnAppError: it is not interrupted, or its data set has been made otherwise meanwhile.
    """
    found, folder = get_job(job), _folder(job)
    if found.kind != "check" and store.is_stored(found.name):
        raise store.taken(found.name)
    if found.state != "interrupted" or not folder.requeue(what=""):
        raise CnnAppError(f"The job of {found.title} was not interrupted, so it cannot go on: start it again.")
    jobs.start(WORKER, folder)


def cancel(job: str) -> None:
    """Ask a job to end, or an interrupted one to be forgotten; nothing of its data set stays."""
    folder = _folder(job)
    if folder.transition("stopped", allowed={"queued", "interrupted"}, message="Stopped."):
        clean_up(folder.path)
        return
    folder.request("stop")
    folder.transition("stopping", allowed={"starting", "running"})


def preparing() -> dict[str, str]:
    """Return the catalog rows being prepared now: name -> job."""
    return {job.name: job.job for job in list_jobs() if job.live and job.kind == "prepare"}


def read_request(folder: Path) -> Request:
    """Read what a job was asked for; raises OSError or ValueError when it cannot be read."""
    return requests_adapter.validate_json((folder / REQUEST).read_bytes())


def clean_up(folder: Path) -> None:
    """Remove a job's large files: what was uploaded and unpacked."""
    (folder / UPLOAD).unlink(missing_ok=True)
    shutil.rmtree(folder / SPOOL, ignore_errors=True)


def _path_or_upload(source: Path | Upload | None) -> tuple[Path | None, Upload | None]:
    return (source.absolute(), None) if isinstance(source, Path) else (None, source)


def submit(request: Request, upload: Upload | None = None) -> str:
    """Make a job of a request, with what was uploaded for it, and start it; return the job's id."""
    _prune()
    begun = _interrupted(request) if upload is None else None
    if begun is not None:
        resume(begun)
        return begun
    if upload is not None:
        check_size(upload)
    job = f"{time.strftime('%Y%m%d-%H%M%S')}-{request.kind}-{uuid.uuid4().hex[:6]}"
    folder = settings().jobs_dir / job
    with files.new_folder(folder) as part:
        files.write_json(part / REQUEST, request.model_dump(mode="json"), durable=False)
        if upload is not None:
            write_upload(part / UPLOAD, upload)
        JobFolder(part).create_state()
    jobs.start(WORKER, JobFolder(folder))
    return job


def _interrupted(request: Request) -> str | None:
    """Return the newest interrupted job that was asked for the very same."""
    found = (job.job for job in list_jobs() if job.state == "interrupted" and job.name == request.name)
    return next((job for job in found if read_request(settings().jobs_dir / job) == request), None)


def _folder(job: str) -> JobFolder:
    return JobFolder(settings().jobs_dir / Path(job).name)


def _read(folder: Path) -> DatasetJob | None:
    try:
        request, status = read_request(folder), JobFolder(folder).status()
    except (OSError, ValidationError, CnnAppError):
        return None
    return DatasetJob(
        job=folder.name,
        kind=request.kind,
        name=request.name,
        title=request.title,
        state=status.state,
        message=status.message,
        created=status.created,
        **status.summary,
    )


def _prune() -> None:
    for place, job in enumerate(job for job in list_jobs() if not job.live):
        if job.state != "interrupted" or place >= KEPT:
            clean_up(settings().jobs_dir / job.job)
        if place >= KEPT:
            files.remove_folder(settings().jobs_dir / job.job)
