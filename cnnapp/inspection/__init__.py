from cnnapp.inspection.activations import build_activations
from cnnapp.inspection.filters import Filters, load_filters

__all__ = ["Filters", "build_activations", "load_filters"]
