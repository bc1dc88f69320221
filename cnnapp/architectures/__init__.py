from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.build import build
from cnnapp.architectures.catalog import catalog, get
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
    "get",
    "script",
    "totals",
    "trace",
]
