"""What rules may know of a data set."""

from typing import NamedTuple

import numpy as np

from cnnapp import datasets
from cnnapp.errors import CnnAppError


class DatasetFacts(NamedTuple):
    """What the doctor wants to know about the images."""

    class_counts: tuple[int, ...] = ()  # training images by class; empty: not known
    test: int = 0  # test images; 0: not known
    test_counts: tuple[int, ...] = ()  # by class; empty: not known
    alike: tuple[int, ...] = ()  # classes whose training images look all the same
    leaked: int = 0  # test images that are among the others, too, as the last check of the set found


def read_facts(dataset: str) -> DatasetFacts:
    """Read the facts of a data set; of one that is gone nothing is known."""
    try:
        prepared = datasets.load(dataset)
    except CnnAppError:
        return DatasetFacts()
    counts = np.bincount(prepared.train.labels, minlength=len(prepared.manifest.class_names))
    report = datasets.quality_report(dataset)
    leaks = [finding for finding in report.findings if finding.kind == "leak"] if report else []
    groups = [group for finding in leaks for group in finding.groups]
    leaked = {image.row for group in groups for image in group if image.split == "test"}
    return DatasetFacts(
        tuple(counts.tolist()),
        len(prepared.test.labels),
        prepared.manifest.test_counts,
        datasets.find_alike_classes(prepared),
        len(leaked),
    )
