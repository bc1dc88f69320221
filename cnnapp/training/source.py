"""The images of a run as tensors, and their order in each epoch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import Images, PreparedDataset, Split, split_validation
from cnnapp.runs import RunConfig
from cnnapp.training.ahead import ReadAhead

RESIDENT_BYTES = 2 * 1024**3  # sets up to this size live in TensorFlow's memory, larger ones are read as needed
CHUNK_IMAGES = 8192  # that are evaluated in one go
CHUNK_BYTES = 64 * 1024**2  # likewise, where they must be read

Rows = NDArray[np.int64]


class Batches(NamedTuple):
    """Images for some steps: `rows` point into `images`; one row of `labels` for each row of `rows`."""

    images: Any  # uint8 tensor (n, h, w, c)
    rows: Any  # int32 tensor (m,)
    labels: Any  # int32 tensor (m,)


class Source:
    """Rows of a prepared split, by position, as tensors."""

    def __init__(self, images: Images, labels: NDArray[np.int32], rows: Rows) -> None:
        import tensorflow as tf

        self.rows = rows
        self._images, self._labels = images, np.asarray(labels)[rows].astype(np.int32)
        self._resident: Any = None
        self._ahead: ReadAhead | None = None
        self._image_bytes = int(np.prod(images.shape[1:]))
        if self._image_bytes * len(rows) <= RESIDENT_BYTES:
            self._resident = tf.constant(images[rows])

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def labels(self) -> NDArray[np.int32]:
        """One for each row."""
        return self._labels

    def sample(self, count: int) -> NDArray[np.uint8]:
        """Return at most `count` images, spread evenly over all: they may lie sorted by class."""
        places = np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)
        return np.asarray(self._images[self.rows[places]])

    def read_ahead(self, order: Rows) -> None:
        """Begin to read the images at the positions `order`, which will be taken one after the other."""
        if self._resident is not None:
            return
        if self._ahead is not None:
            self._ahead.stop()
        self._ahead = ReadAhead(self._images, self.rows[order])

    def chunks(self) -> Iterator[Batches]:
        """Give all images in their order, in chunks of bounded size."""
        step = CHUNK_IMAGES if self._resident is not None else max(1, CHUNK_BYTES // self._image_bytes)
        everything = np.arange(len(self), dtype=np.int64)
        self.read_ahead(everything)
        for first in range(0, len(self), step):
            yield self.take(everything[first : first + step])

    def take(self, positions: Rows) -> Batches:
        """Return the images at `positions` (of this source) in that order."""
        import tensorflow as tf

        labels = tf.constant(self._labels[positions])
        if self._resident is not None:
            return Batches(self._resident, tf.constant(positions.astype(np.int32)), labels)
        rows = self.rows[positions]
        ahead = self._ahead if self._ahead is not None and self._ahead.comes(rows) else None
        images = tf.constant(ahead.take(len(rows)) if ahead else self._images[rows])
        return Batches(images, tf.range(len(positions), dtype=tf.int32), labels)


def open_sources(prepared: PreparedDataset, config: RunConfig) -> tuple[Source, Source | None, Source]:
    """Return the training, validation (the set's own, a share of training, or none) and test images of a run."""
    train = prepared.train
    if prepared.validation is not None:
        return _whole(train), _whole(prepared.validation), _whole(prepared.test)
    rows, held_out = split_validation(train.labels, config.recipe.validation_share, config.seed, train.groups)
    validation = Source(train.images, train.labels, held_out) if len(held_out) else None
    return Source(train.images, train.labels, rows), validation, _whole(prepared.test)


def _whole(split: Split) -> Source:
    return Source(split.images, split.labels, np.arange(len(split.labels), dtype=np.int64))


def epoch_order(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return the order of the images in an epoch: a pure function of seed and epoch, so nothing of it must be saved."""
    return np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(count)
