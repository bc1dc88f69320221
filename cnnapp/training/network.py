import contextlib
from typing import Any, NamedTuple

from cnnapp import architectures
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe
from cnnapp.runs import RunConfig
from cnnapp.training.device import Device
from cnnapp.training.graphs import Graphs
from cnnapp.training.mirrored import MirroredGraphs, mirror, synchronise
from cnnapp.training.optimizers import build_optimizer


class Network(NamedTuple):
    """What learns."""

    model: Any  # keras.Model
    optimizer: Any  # keras.Optimizer, with its variables
    graphs: Graphs


def build_network(config: RunConfig, recipe: Recipe, device: Device) -> Network:
    """Return the network of a run with its first weights, on the one device or mirrored on the several it has.

    Raises:
        CnnAppError: it is to be compiled by XLA and to be mirrored.
    """
    import keras
    import tensorflow as tf

    if recipe.jit_compile and len(device.parts) > 1:
        raise CnnAppError(
            f"Compiling with XLA is for a run on one GPU, but this one has {len(device.parts)}: turn it off, or give "
            "runs one GPU each."
        )
    if recipe.deterministic:
        tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(config.seed)
    strategy = mirror(device.parts) if len(device.parts) > 1 else None
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = architectures.build(config.layers, config.image_shape, seed=config.seed, precision=recipe.precision)
        optimizer = build_optimizer(recipe)
        optimizer.build(model.trainable_variables)
    if strategy is None:
        return Network(model, optimizer, Graphs(model, optimizer, recipe, config.image_shape))
    synchronise(model)
    graphs = MirroredGraphs(strategy, model, optimizer, recipe=recipe, image_shape=config.image_shape)
    return Network(model, optimizer, graphs)
