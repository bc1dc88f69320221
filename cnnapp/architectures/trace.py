"""What each layer of a network does to shapes, and what it costs: arithmetic over the specs, without Keras."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from cnnapp.architectures.specs import (
    Activation,
    ActivationName,
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
from cnnapp.errors import CnnAppError

_ACTIVATIONS: dict[ActivationName, str] = {
    "linear": "",
    "relu": "ReLU",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
    "tanh": "tanh",
}


class InputTooSmallError(CnnAppError):
    """A kernel or window is larger than the map that reaches it."""

    def __init__(self, layer: str, window: int, height: int, width: int) -> None:
        self.layer, self.window = layer, window
        self.received = f"{height}×{width}"
        super().__init__(
            f"{layer} needs maps of at least {window}×{window} pixels but receives {self.received}: use larger "
            "images, fewer layers before it or 'same' padding."
        )


class LayerRow(NamedTuple):
    """One layer of a network, in numbers."""

    name: str
    kind: str  # as in the layer's spec
    output_shape: tuple[int, ...]  # (height, width, channels) or (units,), without the batch
    parameters: int
    trainable_parameters: int
    formula: str  # of `parameters`, with · for times; "" where there are none
    multiply_adds: int  # per image; convolution and dense layers only, the rest is small beside them
    receptive_field: tuple[int, int] | None  # pixels of the input that one value sees; None: all of them
    settings: str  # in words, to be read after the kind: "5×5 'same' with ReLU"; "" where there is nothing to say


class Totals(NamedTuple):
    """A network in numbers."""

    parameters: int
    trainable_parameters: int
    multiply_adds: int  # per image
    receptive_field: tuple[int, int] | None  # of the last convolution; None without one


class _Field(NamedTuple):
    """How far one value sees (`size`) and how far apart two neighbours look (`jump`), in input pixels."""

    size: int = 1
    jump: int = 1

    def after(self, layer: LayerSpec) -> "_Field":
        """Return the field of the next layer (Dumoulin & Visin 2016; Araujo, Norris & Sim 2019)."""
        match layer:
            case Conv2D():
                window, stride = layer.kernel_size, layer.strides
            case Pooling():
                window = stride = layer.pool_size
            case _:
                return self
        return _Field(self.size + (window - 1) * self.jump, self.jump * stride)


def trace(layers: Sequence[LayerSpec], image_shape: ImageShape) -> list[LayerRow]:
    """Follow one image through a network.

    Args:
        layers: the specs in order; their names must differ.
        image_shape: height, width, channels of the input.

    Raises:
        CnnAppError: two layers share a name, a layer gets a vector where it needs maps or the other way
            round, or (as `InputTooSmallError`) the maps are smaller than a kernel.
    """
    names = [layer.name for layer in layers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise CnnAppError(f"Every layer needs a name of its own, but {twice} is used twice: rename one.")
    rows: list[LayerRow] = []
    shape: tuple[int, ...] = image_shape
    field = _Field()
    for layer in layers:
        field = field.after(layer)
        rows.append(_row(layer, shape, field))
        shape = rows[-1].output_shape
    return rows


def totals(rows: Sequence[LayerRow]) -> Totals:
    """Sum up the rows of `trace`."""
    convolutions = [row.receptive_field for row in rows if row.kind == "conv2d"]
    return Totals(
        sum(row.parameters for row in rows),
        sum(row.trainable_parameters for row in rows),
        sum(row.multiply_adds for row in rows),
        convolutions[-1] if convolutions else None,
    )


def _row(layer: LayerSpec, shape: tuple[int, ...], field: _Field) -> LayerRow:
    match layer:
        case Conv2D():
            return _conv2d(layer, _maps(layer, shape), field)
        case Pooling():
            return _pooling(layer, _maps(layer, shape), field)
        case BatchNormalization():
            return _batch_normalization(layer, shape, field)
        case Dense():
            return _dense(layer, shape)
        case Flatten():
            return _plain(layer, (prod(_maps(layer, shape)),), field)
        case _:
            return _plain(layer, shape, field, _words(layer))


def _words(layer: Rescaling | Dropout | Activation) -> str:
    match layer:
        case Rescaling():
            return f"÷ {1 / layer.scale:.4g}"
        case Dropout():
            return f"{100 * layer.rate:.0f} %"
        case Activation():
            return _ACTIVATIONS[layer.activation]


def _maps(layer: LayerSpec, shape: tuple[int, ...]) -> ImageShape:
    if len(shape) != 3:
        raise CnnAppError(
            f"{layer.name} ({layer.kind}) needs maps of height × width × channels but receives a vector of "
            f"{shape[0]:,} values: move it before the flatten layer."
        )
    return shape


def _plain(layer: LayerSpec, output: tuple[int, ...], field: _Field, settings: str = "") -> LayerRow:
    """Return the row of a layer that learns nothing."""
    seen = (field.size, field.size) if len(output) == 3 else None
    return LayerRow(layer.name, layer.kind, output, 0, 0, "", 0, seen, settings)


def _conv2d(layer: Conv2D, shape: ImageShape, field: _Field) -> LayerRow:
    height, width, channels = shape
    k, stride, filters = layer.kernel_size, layer.strides, layer.filters
    if layer.padding == "same":
        out = (-(-height // stride), -(-width // stride))
    elif min(height, width) < k:
        raise InputTooSmallError(layer.name, k, height, width)
    else:
        out = ((height - k) // stride + 1, (width - k) // stride + 1)
    weights = k * k * channels * filters
    biases = filters if layer.use_bias else 0
    steps = f" stride {stride}" if stride > 1 else ""
    fixed = ", whitening" if layer.kernel == "whitening" else ""
    settings = f"{k}×{k}{steps} {layer.padding!r}{_activated(layer)}{fixed}"
    return _plain(layer, (*out, filters), field, settings)._replace(
        parameters=weights + biases,
        trainable_parameters=0 if fixed else weights + biases,
        formula=f"{k}·{k}·{channels}·{filters}" + (f" + {biases}" if biases else ""),
        multiply_adds=out[0] * out[1] * weights,
    )


def _pooling(layer: Pooling, shape: ImageShape, field: _Field) -> LayerRow:
    height, width, channels = shape
    size = layer.pool_size
    if min(height, width) < size:
        raise InputTooSmallError(layer.name, size, height, width)
    output = (height // size, width // size, channels)
    return _plain(layer, output, field, f"{size}×{size} {'maximum' if layer.mode == 'max' else 'average'}")


def _batch_normalization(layer: BatchNormalization, shape: tuple[int, ...], field: _Field) -> LayerRow:
    channels = shape[-1]
    return _plain(layer, shape, field)._replace(
        parameters=4 * channels, trainable_parameters=2 * channels, formula=f"4·{channels}"
    )


def _dense(layer: Dense, shape: tuple[int, ...]) -> LayerRow:
    if len(shape) != 1:
        raise CnnAppError(
            f"{layer.name} (dense) needs a vector but receives maps of {'×'.join(map(str, shape))}: "
            "put a flatten layer before it."
        )
    inputs, units = shape[0], layer.units
    return _plain(layer, (units,), _Field(), _activated(layer).lstrip())._replace(
        parameters=inputs * units + units,
        trainable_parameters=inputs * units + units,
        formula=f"{inputs}·{units} + {units}",
        multiply_adds=inputs * units,
    )


def _activated(layer: Conv2D | Dense) -> str:
    return f" with {_ACTIVATIONS[layer.activation]}" if layer.activation != "linear" else ""
