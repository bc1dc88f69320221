"""Networks as data, without Keras until one is built.

A network is a sequence of `LayerSpec`s (pydantic, discriminated by `kind`; `layers/` is the table of kinds) that ends
in softmax over the classes or in one sigmoid unit. `catalog()` and `get(key)` give `Architecture`s; their
`.layers(image_shape, classes, options)` fit images of any size or raise CnnAppError. `trace` and `totals` tell shapes,
parameters, multiply-adds and receptive fields. `build` makes the Keras model, in child processes only: layers bear the
specs' names, the same seed gives the same weights and dropout. `script` writes network and recipe as a Keras script.
Rescaling 0-255 to 0-1 is the first layer of every network of the catalog.
"""

from cnnapp.architectures.architecture import Architecture, Option
from cnnapp.architectures.build import build
from cnnapp.architectures.catalog import catalog, get
from cnnapp.architectures.fine_tuning import find_first_learning, find_fitting, find_frozen, list_choices
from cnnapp.architectures.layers import ImageShape, LayerSpec
from cnnapp.architectures.script import script
from cnnapp.architectures.trace import LayerRow, Totals, totals, trace
from cnnapp.architectures.whitening import WHITENED_IMAGES, find_whitening, whiten

__all__ = [
    "WHITENED_IMAGES",
    "Architecture",
    "ImageShape",
    "LayerRow",
    "LayerSpec",
    "Option",
    "Totals",
    "build",
    "catalog",
    "find_first_learning",
    "find_fitting",
    "find_frozen",
    "find_whitening",
    "get",
    "list_choices",
    "script",
    "totals",
    "trace",
    "whiten",
]
