from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.build import build
from cnnapp.architectures.catalog import catalog, get
from cnnapp.architectures.fine_tuning import find_first_learning, find_fitting, find_frozen, list_choices
from cnnapp.architectures.script import script
from cnnapp.architectures.specs import ImageShape, LayerSpec
from cnnapp.architectures.trace import LayerRow, Totals, totals, trace

__all__ = [
    "Architecture",
    "ImageShape",
    "LayerRow",
    "LayerSpec",
    "Totals",
    "build",
    "catalog",
    "find_first_learning",
    "find_fitting",
    "find_frozen",
    "get",
    "list_choices",
    "script",
    "totals",
    "trace",
]
