"""Data sets from the command line: later versions of them, and a zip of one."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from pydantic import ValidationError

from cnnapp import datasets
from cnnapp.cli.choices import RULES
from cnnapp.cli.dataset_jobs import finish
from cnnapp.cli.output import ProgressLine, note
from cnnapp.cli.verbs import Answer, Verb
from cnnapp.datasets import NewSplits, Unit
from cnnapp.errors import CnnAppError
from cnnapp.recipes import explain


def add_revise_arguments(parser: ArgumentParser) -> None:
    """Take the data set and what is to be different."""
    parser.add_argument("dataset", metavar="DATASET", help="a data set's name, as `cnnapp datasets` lists it")
    parser.add_argument("--split", action="store_true", help="split all images again, by the shares below")
    parser.add_argument("--test-share", type=float, metavar="SHARE", help="0 to 0.9 of all images; implies --split")
    parser.add_argument("--validation-share", type=float, metavar="SHARE", help="likewise; default: 0, none of its own")
    parser.add_argument("--seed", type=int, metavar="N", help="of the split; default: 0")
    parser.add_argument("--group", metavar="RULE", help=f"which images stay in one part: {RULES}")
    parser.add_argument(
        "--merge", nargs="+", action="append", default=[], metavar=("NEW", "CLASS"), help="make classes one, called NEW"
    )
    parser.add_argument(
        "--rename", nargs=2, action="append", default=[], metavar=("CLASS", "NEW"), help="give a class another name"
    )


def revise_dataset(arguments: Namespace) -> Answer:
    """Make a later version of a data set and wait until it is done."""
    job = datasets.request_revision(
        arguments.dataset,
        renamed_classes=dict(arguments.rename),
        merged_classes={new: tuple(members) for new, *members in arguments.merge},
        split=_read_split(arguments),
    )
    manifest = datasets.load(finish(job, noun="new version").name).manifest
    for sentence in manifest.notices:
        note(sentence)
    value = {
        "name": manifest.name,
        "classes": list(manifest.class_names),
        "train": manifest.train,
        "validation": manifest.validation,
        "test": manifest.test,
    }
    own = f", {manifest.validation:,} validation" if manifest.validation else ""
    return Answer(value, f"{manifest.name}: {manifest.train:,} training{own} and {manifest.test:,} test images.")


def _read_split(arguments: Namespace) -> NewSplits | None:
    asked = {
        "test_share": arguments.test_share,
        "validation_share": arguments.validation_share,
        "seed": arguments.seed,
        "groups": datasets.read_group_rule(arguments.group) if arguments.group is not None else None,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    try:
        return NewSplits(**given) if given or arguments.split else None
    except ValidationError as error:
        raise CnnAppError(explain(error)) from None


def add_export_arguments(parser: ArgumentParser) -> None:
    """Take the data set and the file."""
    parser.add_argument("dataset", metavar="DATASET", help="a data set's name, as `cnnapp datasets` lists it")
    parser.add_argument("--to", required=True, metavar="FILE", type=Path, help="the zip to write; must not be there")


def export_dataset(arguments: Namespace) -> Answer:
    """Write a data set as a zip of folders: train/CLASS/…, validation, test, unlabelled."""
    path, progress = arguments.to.expanduser(), ProgressLine()

    def report(what: str, done: int, total: int, unit: Unit = "images") -> None:
        progress.show(f"{what}: {done:,} of {total:,} {unit}", milestone=what)

    try:
        exported = datasets.export(datasets.load(arguments.dataset), path, report)
    finally:
        progress.end()
    for sentence in exported.notices:
        note(sentence)
    value = {"dataset": arguments.dataset, "file": str(path), "images": exported.images, "bytes": exported.bytes}
    return Answer(value, f"{path}: {exported.images:,} images, {exported.bytes / 1e6:,.1f} MB.")


VERBS = (
    Verb("revise", "make a later version of a data set", add_revise_arguments, revise_dataset),
    Verb("dataset-export", "write a data set as a zip of folders", add_export_arguments, export_dataset),
)
