"""Jobs on a data set that is there: a check of its images, and a later version of it."""

from collections.abc import Collection, Mapping

from cnnapp.datasets import catalog, store
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.request_kinds import CheckRequest, RevisionRequest
from cnnapp.datasets.requests import list_jobs, submit
from cnnapp.datasets.revision import Changes, name_version, plan
from cnnapp.errors import CnnAppError


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


def request_revision(
    name: str,
    *,
    excluded: Mapping[SplitName, Collection[int]] | None = None,
    relabelled: Mapping[SplitName, Mapping[int, int]] | None = None,
    renamed_classes: Mapping[str, str] | None = None,
) -> str:
    """Ask for a later version of a data set, which is a data set of its own; the old one stays as it is.

    Args:
        name: the data set.
        excluded: rows to leave out, by split.
        relabelled: row -> class index, by split.
        renamed_classes: class name -> new name.

    Raises:
        CnnAppError: nothing would change, a class would be left without images, or there is no such thing.
    """
    parent = store.read(name)
    changes = Changes.model_validate(
        {"excluded": excluded or {}, "relabelled": relabelled or {}, "renamed": renamed_classes or {}}
    )
    plan(parent, changes)
    new, title, version = next_version(name)
    request = RevisionRequest(
        name=new, title=title, version=version, parent=name, parent_digest=parent.digest, changes=changes
    )
    return submit(request)


def next_version(name: str) -> tuple[str, str, int]:
    """Return name, title and number that the next version of a data set would have."""
    taken = {*store.stored_names(), *(job.name for job in list_jobs() if job.live)}
    return name_version(store.read_manifest(name), taken)
