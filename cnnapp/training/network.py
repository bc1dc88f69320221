"""The network and the optimiser of a run, phase by phase."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnnapp import architectures
from cnnapp.devices import fast_precision
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Precision, Recipe
from cnnapp.runs import RunConfig
from cnnapp.training.device import Device
from cnnapp.training.graphs import Graphs
from cnnapp.training.mirrored import MirroredGraphs, mirror, synchronise
from cnnapp.training.optimizers import build_optimizer
from cnnapp.training.source import Source


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
    with _scope(strategy):
        model = architectures.build(config.layers, config.image_shape, seed=config.seed, precision=_precision(recipe))
    if strategy:
        synchronise(model)
    return begin_phase(model, config, recipe, strategy=strategy)


def begin_phase(model: Any, config: RunConfig, recipe: Recipe, *, strategy: Any = None, epoch: int = 0) -> Network:
    """Freeze the layers that do not learn after `epoch` epochs; return the rest with an optimiser that begins afresh.

    A frozen batch normalisation uses the statistics that it has, as Keras' layers do that are not trainable.
    """
    frozen = architectures.find_frozen(config.layers, recipe, epoch)
    for layer in model.layers:
        layer.trainable = layer.name not in frozen
    with _scope(strategy):
        optimizer = build_optimizer(recipe, output_layer=_output_layer(model))
        optimizer.build(model.trainable_variables)
    if strategy is None:
        return Network(model, optimizer, Graphs(model, optimizer, recipe, config.image_shape))
    graphs = MirroredGraphs(strategy, model, optimizer, recipe=recipe, image_shape=config.image_shape)
    return Network(model, optimizer, graphs)


def _precision(recipe: Recipe) -> Precision:
    return fast_precision() if recipe.precision == "auto" else recipe.precision


def _output_layer(model: Any) -> str:
    return str(next(layer.name for layer in reversed(model.layers) if layer.weights))


def _scope(strategy: Any) -> contextlib.AbstractContextManager[Any]:
    scope: contextlib.AbstractContextManager[Any] = strategy.scope() if strategy else contextlib.nullcontext()
    return scope


def give_first_weights(model: Any, config: RunConfig, recipe: Recipe, train: Source, *, start: Path | None) -> None:
    """Give a new model the weights that are not drawn at random: whitening kernels, and those of fine-tuning's base.

    Args:
        model: as built.
        config: the run.
        recipe: how it is trained.
        train: its training images.
        start: the network that fine-tuning begins with.

    Raises:
        CnnAppError: as `take_over`.
    """
    for name in architectures.find_whitening(config.layers):
        images = train.sample(architectures.WHITENED_IMAGES)
        model.get_layer(name).set_weights(architectures.whiten(config.layers, name, images))
    if start and recipe.fine_tuning:
        take_over(model, start, recipe.fine_tuning.taken)


def take_over(model: Any, path: Path, layers: Sequence[str]) -> None:
    """Give `layers` of a model the weights that those of the same names have in the network at `path`.

    Raises:
        CnnAppError: the file cannot be read, or a layer has other weights.
    """
    import keras

    try:
        source = keras.saving.load_model(path, compile=False, safe_mode=True)
        for name in layers:
            model.get_layer(name).set_weights(source.get_layer(name).get_weights())
    except (OSError, ValueError, KeyError, TypeError) as error:  # what Keras raises for files that are no networks
        raise CnnAppError(
            f"The network that this run is to begin with does not fit it or is damaged ({str(error)[:200]}): start a "
            "new run from another."
        ) from None
