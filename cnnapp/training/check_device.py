"""`python -m cnnapp.training.check_device`: a few steps of training, as JSON: on what, how fast, in how much memory."""

import json
import resource
import sys
import time
from typing import Any

import numpy as np

from cnnapp import architectures
from cnnapp.training.device import Device, set_up_device
from cnnapp.training.graphs import Graphs
from cnnapp.training.optimizers import build_optimizer
from cnnapp.training.source import Source

ARCHITECTURE = "cifar10_batchnorm"
IMAGE_SHAPE, CLASSES = (32, 32, 3), 10
STEPS = 20


def check() -> dict[str, Any]:
    """Train `STEPS` steps on noise, after one that compiles, just as a run does.

    Returns:
        device (name), gpu (whether it is one), images_per_second, memory_bytes (the most that was in use: of the
        GPU's memory, or of this process), architecture, steps, batch_size.
    """
    import keras
    import tensorflow as tf

    device = set_up_device()
    network = architectures.get(ARCHITECTURE)
    recipe, batch = network.recipe, network.recipe.batch_size
    keras.utils.set_random_seed(0)
    model = architectures.build(network.layers(IMAGE_SHAPE, CLASSES), IMAGE_SHAPE, seed=0)
    optimizer = build_optimizer(recipe)
    optimizer.build(model.trainable_variables)
    graphs = Graphs(model, optimizer, recipe, IMAGE_SHAPE)
    source = _noise(STEPS * batch)

    def train(steps: int) -> None:
        positions = np.arange(steps * batch)
        rates = tf.fill([steps], tf.constant(recipe.learning_rate, tf.float32))
        graphs.train(source.take(positions), {}, rates, tf.constant(batch))[0].numpy()

    train(1)
    began = time.perf_counter()
    train(STEPS)
    speed = STEPS * batch / (time.perf_counter() - began)
    return {
        "device": device.name,
        "gpu": device.gpu,
        "images_per_second": round(speed, 1),
        "memory_bytes": _peak_memory(device),
        "architecture": ARCHITECTURE,
        "steps": STEPS,
        "batch_size": batch,
    }


def _noise(count: int) -> Source:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (count, *IMAGE_SHAPE), np.uint8)
    return Source(pixels, rng.integers(0, CLASSES, count, np.int32), np.arange(count))


def _peak_memory(device: Device) -> int:
    import tensorflow as tf

    if device.gpu:
        return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2) counts in KiB, macOS in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    print(json.dumps(check()))
