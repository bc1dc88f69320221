from cnnapp.images.decode import DECODE_ID, Decoded, decode
from cnnapp.images.ink import InkRule
from cnnapp.images.prepare import Prepared, Preprocess, prepare, prepare_pixels
from cnnapp.images.resize import ResizeMode, resize, to_channels
from cnnapp.images.size import announced_pixels

__all__ = [
    "DECODE_ID",
    "Decoded",
    "InkRule",
    "Prepared",
    "Preprocess",
    "ResizeMode",
    "announced_pixels",
    "decode",
    "prepare",
    "prepare_pixels",
    "resize",
    "to_channels",
]
