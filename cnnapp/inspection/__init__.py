from cnnapp.inspection.activations import LayerMaps, build_activations
from cnnapp.inspection.filters import Filters, load_filters

__all__ = ["Filters", "LayerMaps", "build_activations", "load_filters"]
