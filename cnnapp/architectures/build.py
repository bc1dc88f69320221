"""Specs -> Keras model, in worker and host processes only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnapp.architectures.architecture import require_buildable
from cnnapp.architectures.specs import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    ImageShape,
    LayerSpec,
    Pooling,
    Rescaling,
)

if TYPE_CHECKING:
    import keras


def build(layers: Sequence[LayerSpec], image_shape: ImageShape, *, seed: int = 0) -> "keras.Model":
    """Build the network; its layers bear the specs' names.

    Args:
        layers: the specs in order.
        image_shape: height, width, channels; pixels 0-255.
        seed: of the first weights (Glorot & Bengio 2010, uniform) and of dropout: the same seed, the same model.

    Raises:
        CnnAppError: the layers do not fit together, or the network is too large.
    """
    import keras

    require_buildable(layers, image_shape)
    seeds = np.random.SeedSequence(seed).generate_state(len(layers)).tolist()
    return keras.Sequential(
        [
            keras.Input(image_shape, name="input"),
            *(_layer(spec, layer_seed) for spec, layer_seed in zip(layers, seeds, strict=True)),
        ],
        name="network",
    )


def _layer(spec: LayerSpec, seed: int) -> "keras.Layer":
    from keras import initializers
    from keras import layers as kl

    match spec:
        case Rescaling():
            return kl.Rescaling(spec.scale, name=spec.name)
        case Conv2D():
            return kl.Conv2D(
                spec.filters,
                spec.kernel_size,
                strides=spec.strides,
                padding=spec.padding,
                activation=spec.activation,
                kernel_initializer=initializers.GlorotUniform(seed),
                name=spec.name,
            )
        case Pooling():
            pooling = kl.MaxPooling2D if spec.mode == "max" else kl.AveragePooling2D
            return pooling(spec.pool_size, name=spec.name)
        case BatchNormalization():
            return kl.BatchNormalization(name=spec.name)
        case Dropout():
            return kl.Dropout(spec.rate, seed=seed, name=spec.name)
        case Flatten():
            return kl.Flatten(name=spec.name)
        case Dense():
            return kl.Dense(
                spec.units,
                activation=spec.activation,
                kernel_initializer=initializers.GlorotUniform(seed),
                name=spec.name,
            )
        case Activation():
            return kl.Activation(spec.activation, name=spec.name)
