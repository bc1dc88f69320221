"""Specs -> Keras model, in worker and host processes only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnapp.architectures.architecture import require_buildable
from cnnapp.architectures.layers import ImageShape, LayerSpec
from cnnapp.recipes import Precision

if TYPE_CHECKING:
    import keras


def build(
    layers: Sequence[LayerSpec], image_shape: ImageShape, *, seed: int = 0, precision: Precision = "float32"
) -> "keras.Model":
    """Build the network; its layers bear the specs' names. Whoever trains it gives whitening layers their kernels.

    Args:
        layers: the specs in order.
        image_shape: height, width, channels; pixels 0-255.
        seed: of the first weights (uniform, Glorot & Bengio 2010) and of dropout: the same seed, the same model.
        precision: of the arithmetic between the rescaling and the output layer, which both stay in float32: a half's
            eight or eleven bits would round pixels, logits and probabilities. Weights are float32, and so is what batch
            normalisation computes.

    Raises:
        CnnAppError: the layers do not fit together, or the network is too large.
    """
    import keras

    require_buildable(layers, image_shape)
    seeds = np.random.SeedSequence(seed).generate_state(len(layers)).tolist()
    policies = ["float32" if exact else precision for exact in find_full_precision(layers)]
    return keras.Sequential(
        [keras.Input(image_shape), *map(_seeded_layer, layers, seeds, policies)],
        name="network",
    )


def find_full_precision(layers: Sequence[LayerSpec]) -> list[bool]:
    """Return for each layer whether it stays in float32: rescaling, and from the output layer on."""
    places = [place for place, layer in enumerate(layers) if layer.has_kernel]
    output = places[-1] if places else len(layers) - 1
    return [place >= output or layer.full_precision for place, layer in enumerate(layers)]


def _seeded_layer(spec: LayerSpec, seed: int, policy: str) -> "keras.Layer":
    import keras

    class_name, arguments = spec.keras_layer()
    arguments |= spec.random_arguments(seed)
    if policy != "float32":
        arguments["dtype"] = policy
    layer: keras.Layer = getattr(keras.layers, class_name)(**arguments)
    return layer
