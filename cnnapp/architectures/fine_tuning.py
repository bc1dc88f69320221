"""Which layers of a network are taken over from another, and which are frozen while it is fine-tuned."""

from collections.abc import Sequence

from cnnapp.architectures.layers import ImageShape, LayerSpec
from cnnapp.architectures.trace import trace
from cnnapp.architectures.whitening import find_whitening
from cnnapp.recipes import Recipe


def find_fitting(
    source: Sequence[LayerSpec],
    source_shape: ImageShape,
    layers: Sequence[LayerSpec],
    image_shape: ImageShape,
    *,
    same_classes: bool,
) -> tuple[str, ...]:
    """Return the layers that can begin with the weights of those of the same name in `source`.

    They are the first ones, up to the first whose weights differ in kind or shape: what comes after new weights would
    get other values than it has learned from. For other classes the dense layers are new, too, as in Keras' networks
    without their top: of eight images each of the digits 5-9, a lenet5 that knows 0-4 learned to read 92 % with new
    dense layers, 52 % with a new last one, 82 % from random weights (20 epochs, means of two seeds).

    Args:
        source: the layers that have learned.
        source_shape: height, width and channels that they have learned from.
        layers: those that shall learn.
        image_shape: height, width and channels that they are for.
        same_classes: both tell the same classes apart, in the same order.
    """
    head, known = _find_top(layers), {row.name: (row.kind, row.formula) for row in trace(source, source_shape)}
    rows = [row for row in trace(layers, image_shape) if row.parameters]
    fitting: list[str] = []
    for row in rows:
        if known.get(row.name) != (row.kind, row.formula) or (row.name == head and not same_classes):
            break
        fitting.append(row.name)
    return tuple(fitting)


def list_choices(layers: Sequence[LayerSpec], taken: Sequence[str]) -> tuple[str, ...]:
    """Return the layers that phase 2 can begin to learn from: those with weights, up to the head."""
    named = _with_weights(layers)
    return named[: named.index(find_head(layers, taken)) + 1]


def find_head(layers: Sequence[LayerSpec], taken: Sequence[str]) -> str:
    """Return the layer from which on everything learns in phase 1: the first new one, else the first dense one."""
    return next((name for name in _with_weights(layers) if name not in taken), _find_top(layers))


def find_frozen(layers: Sequence[LayerSpec], recipe: Recipe, epoch: int) -> tuple[str, ...]:
    """Return the layers with weights that do not learn after `epoch` completed epochs, in order."""
    named = _with_weights(layers)
    return find_whitening(layers) + named[: named.index(find_first_learning(layers, recipe, epoch))]


def find_first_learning(layers: Sequence[LayerSpec], recipe: Recipe, epoch: int) -> str:
    """Return the first layer with weights that learns after `epoch` completed epochs; so do all after it."""
    tuning = recipe.fine_tuning
    if tuning is None or recipe.phase_at(epoch):
        return (tuning and tuning.from_layer) or _with_weights(layers)[0]
    return find_head(layers, tuning.taken)


def _find_top(layers: Sequence[LayerSpec]) -> str:
    """Return the first dense layer after the convolutions; without any, the last layer with weights."""
    families = [layer.family for layer in layers]
    if "convolution" not in families or "dense" not in families:
        return _with_weights(layers)[-1]
    return layers[families.index("dense")].name


def _with_weights(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    learning = (layer for layer in layers if layer.has_weights)
    return tuple(layer.name for layer in learning if layer.name not in find_whitening(layers))
