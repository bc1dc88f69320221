"""The import of data: what a source holds, told before anything is stored, and the data set that is made of it."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cnnapp import datasets
from cnnapp.cli.choices import add_choice_arguments, read_choices
from cnnapp.cli.dataset_jobs import finish
from cnnapp.cli.output import note, printable, table
from cnnapp.cli.verbs import Answer, Verb
from cnnapp.datasets import Manifest, Reading
from cnnapp.datasets.reading.describing import (
    MOST_CLASSES,
    describe_left_out,
    describe_part,
    describe_result,
    describe_skipped,
    describe_source,
)
from cnnapp.errors import CnnAppError


def add_import_arguments(parser: ArgumentParser) -> None:
    """Take the source, the name of the new data set, and what is known of it."""
    parser.add_argument(
        "path",
        metavar="PATH",
        help="a folder or archive (zip, tar, tar.gz) with a folder of images for each class, an .npz file, CIFAR's or "
        "MNIST's own files, or the https:// address of an archive",
    )
    parser.add_argument("--name", help="what the data set shall be called")
    parser.add_argument("--dry-run", action="store_true", help="only tell what it holds; nothing is stored")
    add_choice_arguments(parser)
    parser.set_defaults(refuse=parser.error)


def import_dataset(arguments: Namespace) -> Answer:
    """Make a data set of a file, a folder or a download and wait until it is done; or only tell what it holds."""
    if not arguments.name and not arguments.dry_run:
        arguments.refuse("the following arguments are required: --name")
    choices = read_choices(arguments)
    source = arguments.path if "://" in arguments.path else Path(arguments.path).expanduser()
    if arguments.dry_run:
        job = finish(datasets.request_reading(source, choices), noun="reading").job
        reading = datasets.get_reading(job)
        if reading is None:
            raise CnnAppError("What was read is no longer there: try it again.")
        return Answer(reading.model_dump(mode="json"), "\n".join(map(printable, _reading_lines(reading))))
    ended = finish(datasets.request_import(source, arguments.name, choices=choices), noun="import")
    dataset = datasets.load(ended.name)
    manifest, faults = dataset.manifest, datasets.find_class_faults(dataset)
    for sentence in (*manifest.notices, *(fault.sentence for fault in faults)):
        note(sentence)
    value = {
        "name": manifest.name,
        "classes": list(manifest.class_names),
        "train": manifest.train,
        "validation": manifest.validation,
        "test": manifest.test,
        "unlabelled": manifest.unlabelled.count if manifest.unlabelled else 0,
        "skipped": [skipped.model_dump() for skipped in manifest.skipped],
        "converted": manifest.converted,
        "notices": list(manifest.notices),
    }
    return Answer(value, "\n".join(map(printable, _manifest_lines(manifest))))


def _reading_lines(reading: Reading) -> Iterator[str]:
    yield f"{describe_source(reading)} ({reading.form})"
    for part in reading.parts:
        yield f"  {' '.join(part.folders) or '.'} -> {describe_part(part)}"
    yield from (f"  {left.folder} -> {describe_left_out(left)}" for left in reading.left_out)
    yield from (f"  {describe_skipped(skipped)}" for skipped in reading.skipped)
    if reading.lists:
        yield f"  read as lists: {', '.join(reading.lists)}"
    yield from (*reading.notices, *reading.missing)
    yield from (f"guessed: {guess.sentence}" for guess in reading.guesses)
    if reading.question is not None:
        ways = "; ".join(f"--reading {way.value} ({way.title})" for way in reading.question.alternatives)
        yield f"question: {reading.question.sentence} Answer with {ways}."
    if result := describe_result(reading):
        yield f"would become {result}"


def _manifest_lines(manifest: Manifest) -> Iterator[str]:
    own = f", {manifest.validation:,} validation" if manifest.validation else ""
    shape = "×".join(map(str, manifest.image_shape))
    counts = f"{manifest.train:,} training{own} and {manifest.test:,} test images of {shape}"
    kept = f"; {manifest.unlabelled.count:,} without a label" if manifest.unlabelled else ""
    classes = len(manifest.class_names)
    yield f"{manifest.name}: {counts} in {classes} classes{kept}; {len(manifest.skipped):,} files left out."
    heads = {"training": manifest.train_counts, "validation": manifest.validation_counts, "test": manifest.test_counts}
    columns = {head: numbers for head, numbers in heads.items() if numbers}
    rows = list(zip(manifest.class_names, *columns.values(), strict=True))
    yield from table(("class", *columns), rows[:MOST_CLASSES]).splitlines()
    if len(rows) > MOST_CLASSES:
        yield f"… and {len(rows) - MOST_CLASSES:,} more classes"
    for reason, files in Counter(skipped.reason for skipped in manifest.skipped).most_common():
        first = next(skipped.file for skipped in manifest.skipped if skipped.reason == reason)
        yield f"{files:,} left out: {reason} ({first}{', …' if files > 1 else ''})"
    yield from (f"{images:,} images converted: {kind}" for kind, images in manifest.converted.items())


VERBS = (Verb("import", "make a data set of a file", add_import_arguments, import_dataset),)
