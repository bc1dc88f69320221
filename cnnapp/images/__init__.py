"""The one path from the bytes of an image file to the tensor that a network sees, for training and prediction alike.

Pixels are uint8 0-255, (height, width, channels) with 1 or 3 channels, everywhere outside a model. `decode` takes PNG,
JPEG, WebP, BMP, GIF (first frame) and TIFF, and tells each conversion from a fixed vocabulary; anything else raises
CnnAppError in one sentence that names the file, before memory is spent. `DECODE_ID` changes whenever the pixels could.
16-bit grey, integers and floats may be read by a range that a whole set shares (`find_range`, `Decoded.deep`).
`Preprocess` (image shape, resize mode, ink rule, range of values) is kept in manifests and in `model.json`; `prepare`
and `prepare_pixels` do what it says and return notices.
"""

from cnnapp.images.decode import DECODE_ID, Decoded, decode
from cnnapp.images.ink import InkRule
from cnnapp.images.kinds import readable_kind
from cnnapp.images.prepare import Prepared, Preprocess, prepare, prepare_pixels
from cnnapp.images.resize import ResizeMode, resize, to_channels
from cnnapp.images.size import announced_deep, announced_pixels
from cnnapp.images.values import Deep, ValueRange, find_range, range_words, to_bytes

__all__ = [
    "DECODE_ID",
    "Decoded",
    "Deep",
    "InkRule",
    "Prepared",
    "Preprocess",
    "ResizeMode",
    "ValueRange",
    "announced_deep",
    "announced_pixels",
    "decode",
    "find_range",
    "prepare",
    "prepare_pixels",
    "range_words",
    "readable_kind",
    "resize",
    "to_bytes",
    "to_channels",
]
