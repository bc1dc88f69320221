"""Eight test images and the first layer's filters through the newest checkpoint, changing as the network learns.

A tick never waits for the model host: a thread asks it when there is a new checkpoint, ticks show its last answer.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets, runs
from cnnapp.architectures import trace
from cnnapp.errors import CnnAppError
from cnnapp.figures.kernels import plot_kernels
from cnnapp.figures.pixels import enlarge, enlargement
from cnnapp.figures.tiles import plan_tiles
from cnnapp.modelhost.client import Filters, host
from cnnapp.runs import ModelRef
from cnnapp.ui.choice.model import LOADING
from cnnapp.ui.inside.kernels import as_kernels, input_shape
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.packing import encode_png
from cnnapp.ui.kit.theme import page_theme
from cnnapp.ui.kit.words import percent
from cnnapp.ui.run.board import BOARDS

PINNED = 8
SIDE = 80  # pixels of an image on the page
PICTURE = (120, 640)  # pixels of the filters' picture
MOST_FILTERS = 64


class Look(NamedTuple):
    """What the network made of the pinned images at one checkpoint."""

    ref: ModelRef
    pictures: Sequence[bytes]  # PNG, as the network sees them
    labels: Sequence[int]
    answers: Sequence[int]
    sure: Sequence[float]  # probability of the answer, 0-1
    layer: str  # the first with weights
    kernels: NDArray[np.float32]  # (h, w, 1 or 3, n): its weights


class Lookout:
    """Looks again whenever there is a newer checkpoint; one thread at a time."""

    def __init__(self, run: str) -> None:
        self._run, self._seen = run, -1
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self.look: Look | None = None
        self.problem = ""

    def refresh(self) -> None:
        """Begin to look if there is something new; returns at once."""
        try:
            changed = (runs.find(self._run).path / "checkpoints").stat().st_mtime_ns
        except FileNotFoundError:  # there may be a network all the same
            changed = 0
        with self._guard:
            busy = self._thread is not None and self._thread.is_alive()
            if busy or changed == self._seen:
                return
            self._seen = changed
            self._thread = threading.Thread(target=self._look, name="pinned images", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait for the answer that is on its way."""
        if (thread := self._thread) is not None:
            thread.join()

    def _look(self) -> None:
        try:
            ref = runs.find_model(self._run, "newest")
            if self.look is None or self.look.ref.digest != ref.digest:
                self.look = _ask(ref)
            self.problem = ""
        except CnnAppError as error:
            self.problem = str(error)


def pinned_rows(labels: NDArray[np.int32], most: int = PINNED) -> list[int]:
    """Return the rows of the first image of each class, then of the second of each, until there are enough."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], labels[order])
    turn = np.arange(len(labels)) - starts  # the how manieth of its class
    return [int(row) for row in order[np.lexsort((labels[order], turn))][:most]]


def _ask(ref: ModelRef) -> Look:
    test = datasets.load(ref.card.dataset).test
    rows = pinned_rows(test.labels)
    seen = np.stack([np.asarray(test.images[row]) for row in rows])
    probabilities = host().predict(ref, seen)
    layers = trace(ref.card.layers, ref.card.preprocess.image_shape)
    layer = next(layer.name for layer in ref.card.layers if layer.has_kernel)
    filters: Filters = host().filters(ref, layer)
    kernels = as_kernels(filters.kernel, input_shape(layers, layer, ref.card.preprocess.image_shape))
    return Look(
        ref=ref,
        pictures=[encode_png(enlarge(image, enlargement(image, 2 * SIDE))) for image in seen],
        labels=[int(test.labels[row]) for row in rows],
        answers=probabilities.argmax(axis=1).tolist(),
        sure=probabilities.max(axis=1).tolist(),
        layer=layer,
        kernels=kernels[..., :MOST_FILTERS],
    )


@st.cache_resource(max_entries=BOARDS, show_spinner=False)
def _lookout(run: str) -> Lookout:
    """One for everybody who watches the run."""
    return Lookout(run)


def show_pinned(run: str, every: float | None) -> None:
    """Show what the network says now, when somebody wants to see it.

    Args:
        run: its name.
        every: seconds between two looks at it; None: it does not change any more.
    """
    with st.expander(
        "What it says now", icon=":material/visibility:", key=f"pinned-{run}", on_change="rerun"
    ) as opened:
        if opened.open:
            fragment(_show_newest, run_every=every)(run, live=every is not None)


def _show_newest(run: str, *, live: bool) -> None:
    lookout = _lookout(run)
    lookout.refresh()
    if not live:  # no later look brings the answer
        with st.spinner(LOADING):
            lookout.wait()
    if lookout.look is not None:
        _show(lookout.look)
    elif lookout.problem:
        st.caption(escape(lookout.problem))
    else:
        st.caption("Asking the network …")


def _show(look: Look) -> None:
    names = look.ref.card.class_names
    told = [
        f"{'✓' if answer == label else '✗'} {escape(names[answer])}, {percent(sure)}"
        for answer, label, sure in zip(look.answers, look.labels, look.sure, strict=True)
    ]
    right = sum(answer == label for answer, label in zip(look.answers, look.labels, strict=True))
    st.caption(f"After epoch {look.ref.epoch}: {right} of {len(told)} test images right, and how sure it is of each.")
    with st.container(horizontal=True):
        for picture, words in zip(look.pictures, told, strict=True):
            st.image(picture, caption=words, width=SIDE)
    height, width, _, count = look.kernels.shape
    layout = plan_tiles(count, height, width, picture=PICTURE, largest=48)
    st.image(plot_kernels(look.kernels, layout, theme=page_theme()), output_format="PNG")
    st.caption(f"What {escape(look.layer)}, the first layer with weights, looks for.")
