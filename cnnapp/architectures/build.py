"""Specs -> Keras model, in worker and host processes only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnapp.architectures.architecture import require_buildable
from cnnapp.architectures.specs import Conv2D, ImageShape, LayerSpec, Pooling
from cnnapp.recipes import Precision

if TYPE_CHECKING:
    import keras

_CLASSES = {
    "rescaling": "Rescaling",
    "conv2d": "Conv2D",
    "batch_normalization": "BatchNormalization",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "dense": "Dense",
    "activation": "Activation",
}


def keras_layer(spec: LayerSpec) -> tuple[str, dict[str, Any]]:
    """Return the layer's class in `keras.layers` and its arguments; the specs use Keras' names for them."""
    arguments = spec.model_dump(exclude={"kind", "mode", "kernel"})
    if isinstance(spec, Pooling):
        return ("MaxPooling2D" if spec.mode == "max" else "AveragePooling2D"), arguments
    if isinstance(spec, Conv2D) and spec.kernel == "whitening":
        arguments["trainable"] = False
    return _CLASSES[spec.kind], arguments


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
    weighty = (place for place, layer in enumerate(layers) if layer.kind in ("conv2d", "dense"))
    output = max(weighty, default=len(layers) - 1)
    policies = [precision] * output + ["float32"] * (len(layers) - output)
    return keras.Sequential(
        [keras.Input(image_shape), *map(_seeded_layer, layers, seeds, policies)],
        name="network",
    )


def _seeded_layer(spec: LayerSpec, seed: int, policy: str) -> "keras.Layer":
    import keras

    class_name, arguments = keras_layer(spec)
    if spec.kind in ("conv2d", "dense"):
        arguments["kernel_initializer"] = keras.initializers.GlorotUniform(seed)
    elif spec.kind == "dropout":
        arguments["seed"] = seed
    if policy != "float32" and spec.kind != "rescaling":
        arguments["dtype"] = policy
    layer: keras.Layer = getattr(keras.layers, class_name)(**arguments)
    return layer
