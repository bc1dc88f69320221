"""What there is to train with: data sets, networks, and the import of more data."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from cnnapp import architectures, datasets
from cnnapp.cli.dataset_jobs import finish
from cnnapp.cli.output import note, table
from cnnapp.cli.verbs import Answer, Verb, no_arguments
from cnnapp.datasets import Choices, Colour, DatasetInfo, ImageOptions
from cnnapp.errors import CnnAppError
from cnnapp.images import ResizeMode
from cnnapp.recipes import explain


def list_datasets(_arguments: Namespace) -> Answer:
    """List all data sets, prepared or not."""
    infos = datasets.infos()
    rows = (
        (info.name, info.title, _by(info.image_shape), len(info.class_names), info.train, info.test, info.status)
        for info in infos
    )
    head = ("name", "title", "image", "classes", "train", "test", "status")
    return Answer([_dataset_value(info) for info in infos], table(head, rows))


def list_architectures(_arguments: Namespace) -> Answer:
    """List the networks of the catalog with the main settings of their recipes."""
    networks = architectures.catalog()
    rows = (
        (network.key, network.title, network.recipe.optimizer, network.recipe.batch_size, network.recipe.epochs)
        for network in networks
    )
    value = [
        {
            "architecture": network.key,
            "title": network.title,
            "summary": network.summary,
            "source": network.source,
            "known_result": network.known_result,
            "recipe": network.recipe.model_dump(mode="json"),
        }
        for network in networks
    ]
    return Answer(value, table(("architecture", "title", "optimizer", "batch", "epochs"), rows))


def add_import_arguments(parser: ArgumentParser) -> None:
    """Take the source, the name of the new data set, and what image files shall become."""
    parser.add_argument(
        "path",
        metavar="PATH",
        help="a folder or archive (zip, tar, tar.gz) with a folder of images for each class, an .npz file, CIFAR's or "
        "MNIST's own files, or the https:// address of an archive",
    )
    parser.add_argument("--name", required=True, help="what the data set shall be called")
    parser.add_argument("--size", type=int, metavar="N", help="height and width of the images (default: by the files)")
    parser.add_argument("--resize-mode", choices=get_args(ResizeMode), default="stretch", help="default: stretch")
    parser.add_argument(
        "--colour", choices=get_args(Colour), default="auto", help="default: auto, grey when all images are grey"
    )


def import_dataset(arguments: Namespace) -> Answer:
    """Make a data set of a file, a folder or a download and wait until it is done."""
    try:
        options = ImageOptions(size=arguments.size, resize_mode=arguments.resize_mode, colour=arguments.colour)
    except ValidationError as error:
        raise CnnAppError(explain(error)) from None
    source = arguments.path if "://" in arguments.path else Path(arguments.path).expanduser()
    job = datasets.request_import(source, arguments.name, choices=Choices(images=options))
    ended = finish(job, noun="import")
    manifest = datasets.load(ended.name).manifest
    for sentence in manifest.notices:
        note(sentence)
    value = {
        "name": manifest.name,
        "classes": list(manifest.class_names),
        "train": manifest.train,
        "validation": manifest.validation,
        "test": manifest.test,
        "skipped": [skipped.model_dump() for skipped in manifest.skipped],
        "converted": manifest.converted,
    }
    own = f", {manifest.validation:,} validation" if manifest.validation else ""
    counts = f"{manifest.train:,} training{own} and {manifest.test:,} test images of {_by(manifest.image_shape)}"
    rest = f"in {len(manifest.class_names)} classes; {len(manifest.skipped)} skipped"
    return Answer(value, f"{manifest.name}: {counts} {rest}.")


def _dataset_value(info: DatasetInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "title": info.title,
        "image_shape": list(info.image_shape),
        "classes": list(info.class_names),
        "train": info.train,
        "test": info.test,
        "status": info.status,
    }


def _by(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


VERBS = (
    Verb("datasets", "list the data sets", no_arguments, list_datasets),
    Verb("architectures", "list the networks", no_arguments, list_architectures),
    Verb("import", "make a data set of a file", add_import_arguments, import_dataset),
)
