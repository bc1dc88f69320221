"""A parcel for a component's script: pictures and what is said of them.

Raw bytes travel to the browser, bytes inside a dictionary do not. `unpack.js` is the other end.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.ui.kit.packing import encode_png


def pack(meta: dict[str, Any], pictures: Sequence[NDArray[np.uint8]]) -> bytes:
    """Return `meta` and pictures as one parcel: 4-byte big-endian length, JSON, PNG files."""
    files = [encode_png(picture) for picture in pictures]
    head = json.dumps({**meta, "sizes": [len(file) for file in files]}).encode()
    return len(head).to_bytes(4, "big") + head + b"".join(files)
