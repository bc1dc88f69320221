from cnnapp.datasets.info import DatasetInfo, Status
from cnnapp.datasets.library import delete, ensure, info, infos, load
from cnnapp.datasets.manifest import Manifest, Skipped
from cnnapp.datasets.requests import DatasetJob, cancel, get_job, request_import, request_prepare
from cnnapp.datasets.requests import list_jobs as jobs
from cnnapp.datasets.splits import split_validation
from cnnapp.datasets.store import PreparedDataset, Split

__all__ = [
    "DatasetInfo",
    "DatasetJob",
    "Manifest",
    "PreparedDataset",
    "Skipped",
    "Split",
    "Status",
    "cancel",
    "delete",
    "ensure",
    "get_job",
    "info",
    "infos",
    "jobs",
    "load",
    "request_import",
    "request_prepare",
    "split_validation",
]
