"""The check of a data set: all images looked at once, all findings in order."""

import time
from typing import get_args

from cnnapp.datasets.drafts import Report
from cnnapp.datasets.quality.classes import find_class_faults
from cnnapp.datasets.quality.looks import measure
from cnnapp.datasets.quality.provenance import find_converted, find_unreadable
from cnnapp.datasets.quality.report import Kind, QualityReport
from cnnapp.datasets.quality.single import find_odd_looks
from cnnapp.datasets.quality.sizes import find_odd_sizes
from cnnapp.datasets.quality.twins import find_twins
from cnnapp.datasets.store import PreparedDataset

ORDER = {kind: place for place, kind in enumerate(get_args(Kind))}  # the worst first


def check(dataset: PreparedDataset, report: Report) -> QualityReport:
    """Look for what spoils training or testing; workers only.

    Args:
        dataset: is only read in batches.
        report: is told how far it is.
    """
    manifest, splits = dataset.manifest, dataset.splits
    looks = measure(splits, report)
    findings = [
        *find_twins(looks, report),
        *find_class_faults(dataset),
        *find_odd_looks(looks),
        *find_odd_sizes(splits),
        *find_unreadable(manifest),
        *find_converted(splits),
    ]
    findings.sort(key=lambda finding: ORDER[finding.kind])
    return QualityReport(digest=dataset.digest, images=len(looks), findings=tuple(findings), created=time.time())
