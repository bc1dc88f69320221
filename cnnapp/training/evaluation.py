"""What a network answers to all images of a source."""

from functools import reduce

import numpy as np

from cnnapp.architectures import ImageShape
from cnnapp.training.graphs import Graphs
from cnnapp.training.signals import Answers, as_arrays, together
from cnnapp.training.source import Source

BATCH = 512
BATCH_VALUES = 512 * 64 * 64 * 3  # in a batch: what a layer makes of larger images must fit into memory, too


def evaluation_batch(image_shape: ImageShape) -> int:
    """Return how many images of a shape are evaluated in one step."""
    return max(1, min(BATCH, BATCH_VALUES // int(np.prod(image_shape))))


def evaluate(graphs: Graphs, source: Source, image_shape: ImageShape) -> Answers:
    """Return what the network answers to all images of a source, as arrays."""
    import tensorflow as tf

    batch = evaluation_batch(image_shape)
    parts = (graphs.evaluate(chunk, tf.constant(batch)) for chunk in source.chunks())
    return reduce(together, map(as_arrays, parts))
