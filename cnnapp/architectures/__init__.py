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
