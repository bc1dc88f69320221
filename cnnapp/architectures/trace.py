"""What each layer of a network does to shapes, and what it costs: arithmetic over the specs, without Keras."""

from collections.abc import Sequence
from itertools import groupby
from math import prod
from typing import NamedTuple

from cnnapp.architectures.layers import KINDS, Family, ImageShape, LayerSpec, Weights
from cnnapp.errors import CnnAppError


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
    settings: str  # in words, to be read after the title: "5×5 'same' with ReLU"; "" where there is nothing to say

    @property
    def title(self) -> str:
        """The kind in words."""
        return KINDS[self.kind].title

    @property
    def family(self) -> Family:
        """Which kinds it looks like in drawings and tables."""
        return KINDS[self.kind].family


class Totals(NamedTuple):
    """A network in numbers."""

    parameters: int
    trainable_parameters: int
    multiply_adds: int  # per image
    receptive_field: tuple[int, int] | None  # of the last convolution; None without one


class _Field(NamedTuple):
    """How far one value sees (`size`) and how far apart two neighbours look (`jump`), in pixels of the image."""

    size: tuple[int, int] = (1, 1)  # by height and by width
    jump: tuple[int, int] = (1, 1)

    def after(self, layer: LayerSpec) -> "_Field | None":
        """Return the field behind a layer (Dumoulin & Visin 2016; Araujo, Norris & Sim 2019); None: all pixels."""
        if layer.window is None:
            return None
        window, strides = layer.window
        (height, width), (down, across) = self.size, self.jump
        return _Field(
            (height + (window[0] - 1) * down, width + (window[1] - 1) * across),
            (down * strides[0], across * strides[1]),
        )


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
    field: _Field | None = _Field()
    for layer in layers:
        field = field and field.after(layer)
        rows.append(_row(layer, shape, field))
        shape = rows[-1].output_shape
    return rows


def totals(rows: Sequence[LayerRow]) -> Totals:
    """Sum up the rows of `trace`."""
    convolutions = [row.receptive_field for row in rows if row.family == "convolution"]
    return Totals(
        sum(row.parameters for row in rows),
        sum(row.trainable_parameters for row in rows),
        sum(row.multiply_adds for row in rows),
        convolutions[-1] if convolutions else None,
    )


def _row(layer: LayerSpec, shape: tuple[int, ...], field: _Field | None) -> LayerRow:
    output_shape = layer.output_shape(shape)  # first: it refuses a shape that the layer cannot take
    weights = layer.weights(shape)
    return LayerRow(
        name=layer.name,
        kind=layer.kind,
        output_shape=output_shape,
        parameters=sum(prod(array.shape) for array in weights),
        trainable_parameters=sum(prod(array.shape) for array in weights if array.trainable),
        formula=_formula(weights),
        multiply_adds=layer.multiply_adds(shape),
        receptive_field=field and field.size,
        settings=layer.words,
    )


def _formula(weights: Sequence[Weights]) -> str:
    """Return how many numbers they are: 5·5·1·6 + 6; arrays of one shape are counted together: 4·16."""
    parts = [(shape, len(list(alike))) for shape, alike in groupby(array.shape for array in weights)]
    return " + ".join("·".join(map(str, shape if count == 1 else (count, *shape))) for shape, count in parts)
