"""Random changes of training images: drawn without state here, applied on the device by `training/augment.py`."""

from cnnapp.datasets.augmentation.draws import Draws, draw
from cnnapp.datasets.augmentation.preview import apply

__all__ = ["Draws", "apply", "draw"]
