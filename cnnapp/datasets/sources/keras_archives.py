"""The data sets that Keras downloads; from the inbox instead where their `.npz` lies there."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp import files
from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Draft, Rows, Workspace
from cnnapp.datasets.reading import Choices, open_source
from cnnapp.datasets.sources import arrays
from cnnapp.errors import CnnAppError
from cnnapp.jobs import CalledOffError
from cnnapp.settings import settings

LOOK_SECONDS = 0.5
SILENCE_SECONDS = 30.0  # a connection that says nothing for so long is given up

# fmt: off
FASHION_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"
)
CIFAR10_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"
)
CIFAR100_NAMES = (
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
    "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
    "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish",
    "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion",
    "lizard", "lobster", "man", "maple tree", "motorcycle", "mountain", "mouse", "mushroom", "oak tree", "orange",
    "orchid", "otter", "palm tree", "pear", "pickup truck", "pine tree", "plain", "plate", "poppy", "porcupine",
    "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk",
    "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank",
    "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale",
    "willow tree", "wolf", "woman", "worm"
)
# fmt: on


def make(row: CatalogRow, workspace: Workspace) -> Draft:
    """Make the set from its `.npz` in the inbox if there is one, else through Keras' own loader.

    Raises:
        CnnAppError: there is neither file nor network, or the file holds another set.
        CalledOffError: the job was asked to stop.
    """
    archive = workspace.archive or inbox_archive(row)
    if archive.is_file():
        return _from_archive(row, archive, workspace)
    train, test = _download(row, workspace)
    return row.draft(_rows(*train), _rows(*test))


def inbox_archive(row: CatalogRow) -> Path:
    """Return where a file for the row would lie, so that nothing need be downloaded."""
    return settings().inbox / f"{row.name}.npz"


def _from_archive(row: CatalogRow, archive: Path, workspace: Workspace) -> Draft:
    with open_source(archive) as source:
        draft = arrays.NUMPY.make(source, row.title, Choices(ink="off"), workspace)
    found = (draft.preprocess.image_shape, len(draft.class_names), len(draft.train.labels), len(draft.test.labels))
    expected = (row.image_shape, len(row.class_names), row.train, row.test)
    if found != expected:
        raise CnnAppError(
            f"{archive.name} is not {row.title}: expected {_words(*expected)}, but it has {_words(*found)}; "
            "import it under another name."
        )
    return replace(row.draft(draft.train, draft.test), converted=draft.converted)


def _words(shape: tuple[int, ...], classes: int, train: int, test: int) -> str:
    return f"{train:,} and {test:,} images of {'×'.join(map(str, shape))} in {classes} classes"


def _rows(images: NDArray[np.uint8], labels: NDArray[Any]) -> Rows:
    shaped = images if images.ndim == 4 else images[..., None]
    return Rows.from_array(shaped, labels.reshape(-1).astype(np.int32))


def _download(row: CatalogRow, workspace: Workspace) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    loader = getattr(keras.datasets, row.name)
    socket.setdefaulttimeout(SILENCE_SECONDS)
    cache = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    try:
        with _watched(row, workspace, cache):
            return loader.load_data()
    except KeyboardInterrupt:
        raise CalledOffError from None
    except Exception as error:
        reason = str(error).rpartition(" -- ")[2]  # Keras: "URL fetch failure on …: errno -- reason"
        raise CnnAppError(
            f"{row.title} could not be downloaded ({reason}): try again with a network, or put {row.name}.npz "
            f"(Keras layout) into {settings().inbox}, or drop it on the Data set page."
        ) from None


@contextmanager
def _watched(row: CatalogRow, workspace: Workspace, cache: Path) -> Iterator[None]:
    """Report how much `cache` has grown; interrupt this thread when the job is asked to stop.

    Keras tells nobody how far it is and cannot be called off, so another thread looks at its folder.
    """
    before, done = _folder_bytes(cache), threading.Event()
    caller = threading.get_ident()

    def watch() -> None:
        while not done.wait(LOOK_SECONDS):
            grown = min(_folder_bytes(cache) - before, row.download_bytes)
            try:
                workspace.report(f"Downloading {row.title}", max(0, grown), row.download_bytes, "bytes")
            except CalledOffError:
                signal.pthread_kill(caller, signal.SIGINT)
                return

    watcher = threading.Thread(target=watch, name="download watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _folder_bytes(folder: Path) -> int:
    try:
        return files.folder_bytes(folder)
    except OSError:  # a file went away while it was counted
        return 0
