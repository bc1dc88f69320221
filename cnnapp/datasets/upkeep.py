"""Jobs on a data set that is there: a check of its images, a later version of it, and a zip of it."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypedDict, Unpack

from cnnapp.datasets import catalog, store
from cnnapp.datasets.changes import Changes, name_version, plan
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.new_splits import NewSplits
from cnnapp.datasets.request_kinds import CheckRequest, ExportRequest, RevisionRequest
from cnnapp.datasets.requests import LIBRARY, list_jobs, submit
from cnnapp.errors import CnnAppError

EXPORT = "export.zip"


def request_check(name: str) -> str:
    """Ask for a check of a data set's images; asking twice while it is made gives the same job.

    Raises:
        CnnAppError: the data set is not there or damaged.
    """
    row = catalog.find(name)
    if store.is_stored(name):
        title = store.read_manifest(name).title
    elif row is not None and row.source == "bundled":  # the worker prepares it
        title = row.title
    else:
        raise CnnAppError(f"The data set {name[:80]} is not on this machine: add it on the Data set page first.")
    under_way = next((job.job for job in list_jobs() if job.live and (job.kind, job.name) == ("check", name)), None)
    return under_way or submit(CheckRequest(name=name, title=title))


class WantedChanges(TypedDict, total=False):
    """What shall be different in a later version."""

    excluded: Mapping[SplitName, Collection[int]]  # rows to leave out, by split
    relabelled: Mapping[SplitName, Mapping[int, int]]  # row -> class index, by split
    renamed_classes: Mapping[str, str]  # class name -> new name
    merged_classes: Mapping[str, Collection[str]]  # new name -> the classes that become this one
    split: NewSplits | None  # how all images, those of the test part too, are split again


_FIELDS = {"renamed_classes": "renamed", "merged_classes": "merged"}


def request_revision(name: str, **wanted: Unpack[WantedChanges]) -> str:
    """Ask for a later version of a data set, which is a data set of its own; the old one stays as it is.

    Raises:
        CnnAppError: nothing would change, a class would be left without images, or there is no such thing.
    """
    parent = store.read(name)
    changes = Changes.model_validate({_FIELDS.get(field, field): value for field, value in wanted.items()})
    plan(parent, changes)
    new, title, version = next_version(name)
    request = RevisionRequest(
        name=new, title=title, version=version, parent=name, parent_digest=parent.digest, changes=changes
    )
    return submit(request)


def request_export(name: str) -> str:
    """Ask for a zip of a data set, in place of the one that was made of it before; `export_file` then has it.

    Raises:
        CnnAppError: the data set is not there or damaged.
    """
    manifest = store.read_manifest(name)
    for job in list_jobs():
        if (job.kind, job.name) == ("export", name):
            if job.live:
                return job.job
            (LIBRARY.find(job.job).path / EXPORT).unlink(missing_ok=True)
    return submit(ExportRequest(name=name, title=manifest.title, digest=manifest.digest))


def exported(name: str) -> str | None:
    """Return the job whose zip of a data set, as it now is, is there; None without one."""
    digest = store.read_manifest(name).digest
    for job in list_jobs():
        if (job.kind, job.name, job.state) == ("export", name, "finished") and export_file(job.job) is not None:
            asked = LIBRARY.find(job.job).asked
            return job.job if isinstance(asked, ExportRequest) and asked.digest == digest else None
    return None


def export_file(job: str) -> Path | None:
    """Return the zip that a job has made, None while there is none; raises CnnAppError when there is no such job."""
    path = LIBRARY.find(job).path / EXPORT
    return path if path.is_file() else None


def next_version(name: str) -> tuple[str, str, int]:
    """Return name, title and number that the next version of a data set would have."""
    taken = {*store.stored_names(), *(job.name for job in list_jobs() if job.live)}
    return name_version(store.read_manifest(name), taken)
