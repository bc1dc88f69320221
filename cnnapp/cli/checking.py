"""The quality of a data set from the command line."""

from argparse import ArgumentParser, Namespace
from collections import Counter

from cnnapp import datasets
from cnnapp.cli.dataset_jobs import finish
from cnnapp.cli.verbs import Answer, Verb
from cnnapp.errors import CnnAppError


def add_check_arguments(parser: ArgumentParser) -> None:
    """Take the data set."""
    parser.add_argument("dataset", metavar="DATASET", help="a data set's name, as `cnnapp datasets` lists it")


def check_dataset(arguments: Namespace) -> Answer:
    """Look at every image of a data set and count what would spoil training or testing."""
    name = arguments.dataset
    finish(datasets.request_check(name), noun="check")
    report = datasets.quality_report(name)
    if report is None:
        raise CnnAppError(f"The data set {name} was changed while it was checked: check it again.")
    counts: Counter[str] = Counter()
    for finding in report.findings:
        counts[finding.kind] += len(finding.files) or finding.images
    sentences = [finding.sentence for finding in report.findings]
    text = "\n".join(sentences) or f"Nothing was found in {report.images:,} images."
    return Answer({"dataset": name, "images": report.images, "findings": dict(counts)}, text)


VERBS = (Verb("check", "look for bad images in a data set", add_check_arguments, check_dataset),)
