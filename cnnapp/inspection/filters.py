"""The weights that a layer has learned."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.errors import CnnAppError
from cnnapp.inspection.layers import computing_layers

MAX_WEIGHTS = 32_000_000  # 128 MB as float32: more than any picture can show


class Filters(NamedTuple):
    """Kernel and bias of one convolution or dense layer."""

    name: str
    kernel: NDArray[np.float32]  # (kernel h, kernel w, channels in, filters), or (values in, units)
    bias: NDArray[np.float32] | None  # (filters,) or (units,)


def load_filters(model: Any, layer: str) -> Filters:
    """Return the weights of the layer named `layer` of a Keras model.

    Raises:
        CnnAppError: there is no such layer, it has no kernel, or its kernel is too large to be looked at.
    """
    found = {each.name: each for each in computing_layers(model)}
    if layer not in found:
        names = ", ".join(found)
        raise CnnAppError(f"This network has no layer named {layer!r}: choose one of {names}.")
    kernel = getattr(found[layer], "kernel", None)
    if kernel is None:
        raise CnnAppError(f"Layer {layer} has no kernel: choose a convolution or dense layer.")
    if int(np.prod(kernel.shape)) > MAX_WEIGHTS:
        raise CnnAppError(
            f"Layer {layer} has {int(np.prod(kernel.shape)):,} weights, more than can be looked at here "
            f"({MAX_WEIGHTS:,}): choose a convolution layer."
        )
    bias = getattr(found[layer], "bias", None)
    return Filters(layer, _as_float32(kernel), None if bias is None else _as_float32(bias))


def _as_float32(variable: Any) -> NDArray[np.float32]:
    return np.asarray(variable.numpy(), np.float32)
