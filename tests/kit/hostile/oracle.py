"""OpenCV's decoders: none of their code around the codecs is Pillow's or the app's."""

import os
import struct

os.environ["OPENCV_LOG_LEVEL"] = "SILENT"

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.kit.hostile.case import on_white


def second_opinion(data: bytes) -> NDArray[np.float64] | None:
    """What OpenCV makes of a file: (h, w, 1 or 3), 0-255, on white, not turned; None when it refuses."""
    if not data:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if image is None:
        return None
    values = image.astype(float) / (257 if image.dtype == np.uint16 else 1)
    if values.ndim == 2:
        return values[:, :, None]
    colours = values[:, :, 2::-1]
    colours = on_white(colours, values[:, :, 3]) if values.shape[2] == 4 else colours.copy()
    if data.startswith(b"GIF8"):
        _whiten_background(colours, data)
    return colours


def _whiten_background(colours: NDArray[np.float64], data: bytes) -> None:
    """Make white what the first frame does not cover: OpenCV paints it in the file's background colour."""
    at = 13 + (3 * 2 ** (1 + (data[10] & 7)) if data[10] & 0x80 else 0)
    while data[at] == 0x21:  # an extension: two bytes, then blocks up to an empty one
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    left, top, width, height = struct.unpack("<HHHH", data[at + 1 : at + 9])
    outside = np.ones(colours.shape[:2], bool)
    outside[top : top + height, left : left + width] = False
    colours[outside] = 255
