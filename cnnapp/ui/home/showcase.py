"""The five pictures of Home: from the newest trained run of this library, else the bundled ones that the app drew."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp import architectures, datasets, runs
from cnnapp.modelhost.client import host
from cnnapp.runs import RunConfig, RunSummary
from cnnapp.ui.home import sketches
from cnnapp.ui.kit.once import Once

ASSETS = Path(__file__).resolve().parent / "assets"
DRAWN_FAMILIES = {"convolution", "pooling", "dense"}


class Showcase(NamedTuple):
    """One picture for each step, PNG as bytes or SVG as text, and the run that they come from."""

    source: str  # "digits · lenet5"
    data: bytes
    network: str
    training: str
    maps: bytes
    answer: str


# Drawn beside the pages: a cold model host takes seconds, and Home must not wait for it.
_drawer = ThreadPoolExecutor(1, thread_name_prefix="showcase")
_drawings = Once(most=2)  # by run: sessions may see the library a moment apart


def current() -> Showcase:
    """Return the pictures of the newest finished run once they are drawn, and the bundled ones until then."""
    finished = next((run for run in runs.list_runs() if run.state == "finished" and not run.damaged), None)
    if finished is None:
        return bundled()
    drawing: Future[Showcase] = _drawings.answer(finished.run, lambda: _drawer.submit(draw, finished))
    if drawing.done() and drawing.exception() is None:
        return drawing.result()
    return bundled()


def bundled() -> Showcase:
    """Return the pictures that come with the app."""
    return Showcase(
        source="digits · lenet5",
        data=(ASSETS / "data.png").read_bytes(),
        network=(ASSETS / "network.svg").read_text(),
        training=(ASSETS / "training.svg").read_text(),
        maps=(ASSETS / "maps.png").read_bytes(),
        answer=(ASSETS / "answer.svg").read_text(),
    )


def draw(run: RunSummary) -> Showcase:
    """Draw the pictures of a trained run; raises CnnAppError when its data or network cannot be read."""
    folder = runs.find(run.run)
    samples = datasets.load(run.dataset)
    image = samples.test.images[0]
    network = runs.find_model(run.run)
    epochs = runs.History(folder).update().epochs
    maps = next(layer.maps for layer in host().activations(network, image) if layer.spec.family == "convolution")
    shares = zip(network.card.class_names, host().predict(network, image[None])[0].tolist(), strict=True)
    return Showcase(
        source=f"{run.dataset} · {run.architecture}",
        data=sketches.tile_samples(samples.train.images[_one_per_class(samples.train.labels)]),
        network=_draw_network(folder.config),
        training=sketches.draw_curves([row.accuracy for row in epochs], [row.val_accuracy for row in epochs]),
        maps=sketches.tile_maps(maps),
        answer=sketches.draw_answer(sorted(shares, key=lambda share: -share[1])),
    )


def _one_per_class(labels: NDArray[np.int32]) -> NDArray[np.intp]:
    """Rows of the first image of each class, then of further ones, up to the 15 that are shown."""
    first = np.unique(labels, return_index=True)[1]
    return np.concatenate([first, np.setdiff1d(np.arange(min(len(labels), 30)), first)])[:15]


def _draw_network(config: RunConfig) -> str:
    rows = architectures.trace(config.layers, config.image_shape)
    drawn = [(row.family, row.output_shape) for row in rows if row.family in DRAWN_FAMILIES]
    return sketches.draw_network([("input", config.image_shape), *drawn])
