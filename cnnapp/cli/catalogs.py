"""What there is to train with: data sets and networks."""

from argparse import Namespace
from typing import Any

from cnnapp import architectures, datasets
from cnnapp.cli.output import table
from cnnapp.cli.verbs import Answer, Verb, no_arguments
from cnnapp.datasets import DatasetInfo


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
)
