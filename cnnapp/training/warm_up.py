"""What a spare worker does while nobody waits: it compiles a small network, so that a run's own takes half as long.

The first compilation in a process converts this package's functions, loads kernels and fills caches: 1.2 s of CPU
instead of 0.5 for LeNet-5. What it leaves behind changes no number: threads are pinned as for a run, names are counted
from the beginning again, and a run seeds everything it draws from itself.
"""

import gc
import os

from cnnapp import architectures
from cnnapp.recipes import Recipe
from cnnapp.training.device import set_up_device

SHAPE, CLASSES, NETWORK = (32, 32, 1), 10, "lenet5"


def import_tensorflow() -> None:
    """Import what every run needs and what takes seconds."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf

    _ = keras.layers, tf.raw_ops  # both load their parts when first touched


def warm_up() -> None:
    """Import what every run needs and, where there is no GPU, compile; which GPU is the run's own nobody knows yet."""
    import_tensorflow()
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        set_up_device()
        _compile()
    gc.collect()
    gc.freeze()  # 300,000 objects that stay: looking at them again would take a third of a second of a start


def _compile() -> None:
    import keras
    import tensorflow as tf

    from cnnapp.datasets import augmentation
    from cnnapp.training.graphs import Graphs
    from cnnapp.training.optimizers import build_optimizer
    from cnnapp.training.source import Batches

    recipe = Recipe()
    model = architectures.build(architectures.get(NETWORK).layers(SHAPE, CLASSES), SHAPE)
    optimizer = build_optimizer(recipe)
    optimizer.build(model.trainable_variables)
    graphs = Graphs(model, optimizer, recipe, SHAPE)
    nothing = tf.zeros([0], tf.int32)
    draws = augmentation.draw(recipe.augmentation, 0, SHAPE, seed=0, epoch=0)
    batches = Batches(tf.zeros([1, *SHAPE], tf.uint8), nothing, nothing)
    graphs.train(batches, {name: tf.constant(values) for name, values in draws.items()}, tf.zeros([0]), tf.constant(1))
    keras.utils.clear_session(free_memory=False)
