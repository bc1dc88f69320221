"""Jobs of the dataset worker: asked for here, by pages and the command line; done in a process of their own."""

import shutil
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from cnnapp import files, jobs
from cnnapp.datasets import catalog, store
from cnnapp.datasets.names import slug
from cnnapp.datasets.reading import Choices, Reading
from cnnapp.datasets.request_kinds import (
    ImportRequest,
    PrepareRequest,
    ReadRequest,
    Request,
    RequestKind,
    requests_adapter,
)
from cnnapp.datasets.uploads import Upload, check_size, write_upload
from cnnapp.datasets.urls import check_url
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFacts, JobFolder, JobLibrary
from cnnapp.settings import settings

WORKER = "cnnapp.datasets.worker"
REQUEST, UPLOAD, SPOOL = "request.json", "upload", "spool"
READING = "reading.json"
SOURCE = "source"  # what a reading was made of, kept for the import that follows
ARCHIVES = (".npz", ".zip", ".tar", ".gz", ".tgz", ".npy", ".parquet", ".mat", ".csv", ".tsv")  # lone files among them
KEPT = 20  # ended jobs whose folders stay, for their messages and logs


class DatasetJobFolder(JobFolder):
    """One job on disk: what is asked for, what was uploaded for it, and what it has unpacked."""

    idle = frozenset({"queued", "interrupted"})  # an interrupted one may go on, until somebody discards it

    @property
    def asked(self) -> Request:
        """What is asked for; raises CnnAppError when it cannot be read."""
        try:
            return requests_adapter.validate_json((self.path / REQUEST).read_bytes())
        except (OSError, ValidationError):
            raise CnnAppError(f"What {self.name} was to do cannot be read: start it again.") from None

    def tidy(self) -> None:
        """Remove what was uploaded and unpacked."""
        (self.path / UPLOAD).unlink(missing_ok=True)
        shutil.rmtree(self.path / SPOOL, ignore_errors=True)


LIBRARY = JobLibrary(DatasetJobFolder, lambda: settings().jobs_dir, "This job is no longer there: start it again.")


class OfReading(NamedTuple):
    """The source of an earlier reading: what was uploaded or downloaded for it is not asked for again."""

    job: str


Given = Path | Upload | str | OfReading


class DatasetJob(JobFacts):
    """One job as a list shows it."""

    kind: RequestKind
    name: str  # of the data set that comes of it, is checked or exported
    title: str


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
        jobs.start(WORKER, LIBRARY.find(job))  # does nothing but for one that was queued when its starter died
        return job
    if archive is not None and store.is_stored(name):
        raise store.taken(name)
    path, upload = _path_or_upload(archive)
    return submit(PrepareRequest(name=name, title=row.title, archive=path), upload)


def request_import(source: Given, name: str, *, choices: Choices | None = None, file_name: str = "") -> str:
    """Ask for a new data set made of whatever `sources.forms` knows, as `request_reading` tells it.

    Args:
        source: the path of a file or folder; what was dropped in a browser: a file's bytes or (path in the folder,
            bytes) of each file; the address (URL) of an archive; or `OfReading`, the source of an earlier reading.
        name: what the user calls the set; its folder is called by a slug of it.
        choices: what the user has decided about it; the rest is guessed.
        file_name: what the file is called whose bytes are given.

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
        raise no_file(source)
    if row is not None and isinstance(source, Path | bytes):  # the file that stands in for the row's download
        return request_prepare(slugged, source)
    if row is not None:
        raise CnnAppError(f"{slugged} is the name of a data set of the catalog: choose another name.")
    fields, upload = given_fields(source, file_name)
    return submit(ImportRequest(name=slugged, title=name.strip(), choices=choices or Choices(), **fields), upload)


def list_jobs() -> list[DatasetJob]:
    """List the dataset worker's jobs, newest first; folders that cannot be read are passed over."""
    return LIBRARY.listed(_read)


def get_job(job: str) -> DatasetJob:
    """Return one job; raises CnnAppError when it is gone or damaged."""
    return _read(LIBRARY.find(job))


def inbox_files() -> list[Path]:
    """List the archives and folders in the operator's import roots; links are not followed."""
    found = [path for root in settings().import_roots for path in root.glob("[!.]*") if not path.is_symlink()]
    return sorted(path for path in found if path.is_dir() or (path.is_file() and path.suffix.lower() in ARCHIVES))


def resume(job: str) -> None:
    """Let an interrupted job go on: what it has downloaded and read is not read again.

    Raises:
        CnnAppError: it is not interrupted, or its data set has been made otherwise meanwhile.
    """
    found, folder = get_job(job), LIBRARY.find(job)
    if found.name and found.kind not in ("check", "export") and store.is_stored(found.name):
        raise store.taken(found.name)
    if not folder.requeue(allowed={"interrupted"}, what=""):
        raise CnnAppError(f"The job of {found.title} was not interrupted, so it cannot go on: start it again.")
    jobs.start(WORKER, folder)


cancel = LIBRARY.cancel  # of an interrupted job, too: it is forgotten, and nothing of its data set stays


def preparing() -> dict[str, str]:
    """Return the catalog rows being prepared now: name -> job."""
    return {job.name: job.job for job in list_jobs() if job.live and job.kind == "prepare"}


def no_file(path: Path) -> CnnAppError:
    """Return the error for a path without a file."""
    return CnnAppError(f"There is no file {path}: check the path.")


def given_fields(source: Given, file_name: str) -> tuple[dict[str, Any], Upload | Path | None]:
    """Return where a request's source lies, as its fields say it, and what must lie in the job's folder for it.

    Raises:
        CnnAppError: there is no such file, the address cannot be one, or the earlier reading's source is gone.
    """
    if isinstance(source, OfReading):
        return _fields_of_reading(source.job)
    if isinstance(source, str):
        check_url(source)
        return {"url": source, "file_name": PurePosixPath(urlsplit(source).path).name}, None
    if isinstance(source, Path) and not source.exists():
        raise no_file(source)
    path, upload = _path_or_upload(source)
    return {"path": path, "file_name": file_name}, upload


def _fields_of_reading(job: str) -> tuple[dict[str, Any], Path | None]:
    folder = LIBRARY.find(job)
    request = folder.asked
    kept = next((path for path in (folder.path / SOURCE, folder.path / UPLOAD) if path.exists()), None)
    if not isinstance(request, ReadRequest) or (request.path is None and request.url is None and kept is None):
        raise CnnAppError("What was read is no longer kept: drop the file, or give its address, once more.")
    fields = {"path": request.path, "url": request.url, "file_name": request.file_name, "origin": _origin(folder.path)}
    return fields, kept


def _origin(folder: Path) -> str:
    try:
        return Reading.model_validate_json((folder / READING).read_bytes()).origin
    except (OSError, ValidationError):
        return ""


def _path_or_upload(source: Path | Upload | None) -> tuple[Path | None, Upload | None]:
    return (source.absolute(), None) if isinstance(source, Path) else (None, source)


def submit(request: Request, upload: Upload | Path | None = None) -> str:
    """Make a job of a request, with what was uploaded for it or another job's upload, and start it; return its id."""
    LIBRARY.prune(KEPT)
    begun = _interrupted(request) if upload is None else None
    if begun is not None:
        resume(begun)
        return begun
    if upload is not None and not isinstance(upload, Path):
        check_size(upload)

    def fill(folder: DatasetJobFolder) -> None:
        files.write_json(folder.path / REQUEST, request.model_dump(mode="json"), durable=False)
        if isinstance(upload, Path):
            files.link_or_copy(upload, folder.path / UPLOAD)
        elif upload is not None:
            write_upload(folder.path / UPLOAD, upload)

    folder = LIBRARY.create(request.kind, fill)
    jobs.start(WORKER, folder)
    return folder.name


def _interrupted(request: Request) -> str | None:
    """Return the newest interrupted job that was asked for the very same."""
    found = (job.job for job in list_jobs() if job.state == "interrupted" and job.name == request.name)
    return next((job for job in found if LIBRARY.find(job).asked == request), None)


def _read(folder: DatasetJobFolder) -> DatasetJob:
    asked = folder.asked
    return DatasetJob.read(folder, kind=asked.kind, name=asked.name, title=asked.title)
