"""Runs with one thing wrong each, and runs with nothing wrong; all seeded, three epochs long."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from cnnapp import architectures, datasets
from cnnapp.datasets import storing
from cnnapp.datasets.drafts import Draft, Rows
from cnnapp.datasets.quality.check import check
from cnnapp.datasets.quality.stored import write_report
from cnnapp.recipes import AUGMENTATION_PRESETS
from cnnapp.runs import RunConfig, configure
from tests.kit.sick_networks import configure_layers, deep_sigmoid, tiny, with_two_softmaxes, without_rescaling

EPOCHS = 3
Rows_ = tuple[np.ndarray, np.ndarray]


class Patient(NamedTuple):
    about: str
    diagnosis: str  # that must be among those found; "" for a healthy run
    configure: Callable[[], RunConfig]


def lenet5(dataset: str = "digits", **settings: Any) -> RunConfig:
    return configure(dataset, "lenet5", **{"epochs": EPOCHS} | settings)


def changed_layers(change: Callable, dataset: str = "digits") -> RunConfig:
    config = lenet5(dataset)
    return config.model_copy(update={"layers": change(config.layers)})


# Data sets with faults; made of the bundled ones


def write_set(name: str, train: Rows_, test: Rows_, validation: Rows_ | None = None, *, like: str = "digits") -> str:
    """Write a data set of (images, labels) with the classes of `like`."""
    source = datasets.ensure(like).manifest
    splits = {"train": train, "test": test} | ({"validation": validation} if validation else {})
    rows = {split: Rows.from_array(images, labels.astype(np.int32)) for split, (images, labels) in splits.items()}
    draft = Draft(
        title=name,
        source="import",
        class_names=source.class_names,
        preprocess=source.preprocess,
        description="",
        **rows,
    )
    storing.write(name, draft, lambda *_: None)
    return name


def load(name: str = "digits") -> tuple[Rows_, Rows_]:
    prepared = datasets.ensure(name)
    train, test = prepared.train, prepared.test
    return (np.asarray(train.images), np.asarray(train.labels)), (np.asarray(test.images), np.asarray(test.labels))


def shuffled() -> RunConfig:
    (images, labels), test = load()
    return lenet5(write_set("shuffled", (images, np.random.default_rng(0).permutation(labels)), test))


def few(*, random_labels: bool) -> RunConfig:
    """Sixty images, over and over; three hundred others for validation."""
    (images, labels), test = load()
    if random_labels:
        labels = np.random.default_rng(0).permutation(labels)
    often = np.tile(np.arange(60), 16)
    others = slice(60, 360)
    name = "few-random" if random_labels else "few"
    train, validation = (images[often], labels[often]), (images[others], labels[others])
    return lenet5(write_set(name, train, test, validation), batch_size=16)


def with_four_numbers() -> RunConfig:
    """So many images that training comes to rest within three epochs."""
    (images, labels), test = load()
    often = np.tile(np.arange(len(labels)), 20)
    name = write_set("many", (images[often], labels[often]), test)
    return configure_layers(name, tiny((32, 32, 1), 10), epochs=EPOCHS, batch_size=16, learning_rate=0.05)


def rare(name: str, kept: dict[int, int]) -> RunConfig:
    """Only so many images of the classes in `kept`."""
    (images, labels), test = load()
    rows = [np.flatnonzero(labels == label)[: kept.get(label, len(labels))] for label in range(10)]
    some = np.sort(np.concatenate(rows))
    return lenet5(write_set(name, (images[some], labels[some]), test), batch_size=16)


def leaking() -> RunConfig:
    (images, labels), (more, their) = load()
    train = np.concatenate([images, more[:100]]), np.concatenate([labels, their[:100]])
    name = write_set("leaking", train, (more, their))
    write_report(name, check(datasets.load(name), lambda *_: None))
    return lenet5(name)


SICK = (
    Patient("Adam at 0.1", "Learning rate too high", partial(lenet5, learning_rate=0.1)),
    Patient("Adam at 0.000001", "Learning rate too low", partial(lenet5, learning_rate=1e-6)),
    Patient("SGD at 10", "NaN or Inf", partial(lenet5, optimizer="sgd", learning_rate=10.0, weight_decay=1.0)),
    Patient("Adam at 0.03", "Dead ReLUs", partial(lenet5, learning_rate=0.03)),
    Patient(
        "eight sigmoid layers",
        "Vanishing gradients",
        lambda: configure_layers("digits", deep_sigmoid(10), epochs=EPOCHS),
    ),
    Patient("RMSprop at 0.05", "Exploding gradients", partial(lenet5, optimizer="rmsprop", learning_rate=0.05)),
    Patient("60 images over and over", "Overfitting", partial(few, random_labels=False)),
    Patient("four numbers per image", "Underfitting", with_four_numbers),
    Patient("one class has nearly all", "Class collapse", lambda: rare("lopsided", dict.fromkeys(range(1, 10), 2))),
    Patient("two rare classes", "Imbalanced classes", lambda: rare("rare", {8: 12, 9: 12})),
    Patient("no rescaling", "Unscaled input", lambda: changed_layers(without_rescaling, "shapes")),
    Patient("permuted labels", "Shuffled labels", shuffled),
    Patient("60 random labels over and over", "Shuffled labels", partial(few, random_labels=True)),
    Patient("a softmax of the softmax", "Softmax applied twice", lambda: changed_layers(with_two_softmaxes)),
    Patient("100 test images in training", "Duplicates between training and test", leaking),
    Patient("all images in one batch", "Batch too large for the set", partial(lenet5, batch_size=1400)),
)
# Every network of the catalog, on what it is made for as far as it is bundled, and other optimisers and schedules.
ON_SHAPES = ("first_cnn", "tf_cifar10", "cifar10_batchnorm")
HEALTHY = (
    *(
        Patient(
            f"{network.key}'s own recipe",
            "",
            partial(configure, "shapes" if network.key in ON_SHAPES else "digits", network.key, epochs=EPOCHS),
        )
        for network in architectures.catalog()
    ),
    Patient("changed images", "", partial(lenet5, augmentation=AUGMENTATION_PRESETS["digits"].model_dump())),
    Patient("SGD with momentum", "", partial(lenet5, optimizer="sgd", learning_rate=0.01, momentum=0.9)),
    Patient(
        "AdamW, one cycle",
        "",
        partial(lenet5, "shapes", optimizer="adamw", weight_decay=0.01, schedule={"kind": "one_cycle"}),
    ),
)
