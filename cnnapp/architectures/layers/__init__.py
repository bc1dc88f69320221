"""The table of layer kinds. A network as data is a sequence of specs, validated here, JSON both ways.

A kind is one class in the file of its family that holds all that the app knows of it: settings, shapes, weights, costs,
words, its Keras class, its line in scripts (`base.Spec`). A new one takes that class, its name in `LayerSpec` and
an example in `tests/architectures/test_layer_kinds.py`.
"""

from typing import Annotated, get_args

from pydantic import Field

from cnnapp.architectures.layers.activation import Activation
from cnnapp.architectures.layers.base import Family, ImageShape, InputTooSmallError, Spec, Weights
from cnnapp.architectures.layers.convolution import Conv2D
from cnnapp.architectures.layers.dense import Dense
from cnnapp.architectures.layers.dropout import Dropout
from cnnapp.architectures.layers.normalization import BatchNormalization
from cnnapp.architectures.layers.pooling import GlobalPooling, Pooling
from cnnapp.architectures.layers.reshaping import Flatten
from cnnapp.architectures.layers.scaling import Rescaling

LayerSpec = Annotated[
    Rescaling | Conv2D | Pooling | GlobalPooling | BatchNormalization | Dropout | Flatten | Dense | Activation,
    Field(discriminator="kind"),
]
KINDS: dict[str, type[Spec]] = {kind.model_fields["kind"].default: kind for kind in get_args(get_args(LayerSpec)[0])}

__all__ = [
    "KINDS",
    "Activation",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Family",
    "Flatten",
    "GlobalPooling",
    "ImageShape",
    "InputTooSmallError",
    "LayerSpec",
    "Pooling",
    "Rescaling",
    "Spec",
    "Weights",
]
