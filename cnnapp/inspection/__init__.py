"""A Keras model and images to numbers, in the model host: every layer's activations for an image, a layer's weights.

Values arrive as float32 whatever the model's precision; a layer, image or size that does not fit raises CnnAppError.
"""

from cnnapp.inspection.activations import build_activations
from cnnapp.inspection.filters import Filters, load_filters

__all__ = ["Filters", "build_activations", "load_filters"]
