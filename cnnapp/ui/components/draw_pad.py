"""A pad to draw on with pen, finger or mouse, to drop pictures on, and to paste into."""

import base64
import binascii
from typing import NamedTuple

from cnnapp.errors import CnnAppError
from cnnapp.ui.components.build import build_component

MAX_BYTES = 10 * 1024 * 1024
_pad = build_component("draw_pad")


class PadPicture(NamedTuple):
    """What is on the pad."""

    name: str
    data: bytes  # of an image file


def show_draw_pad(key: str, hint: str) -> PadPicture | None:
    """Show the pad with a hint on it; return what was drawn, dropped or pasted, None while it is empty.

    Raises:
        CnnAppError: the picture is larger than 10 MB, or what came is not a picture.
    """
    result = _pad(key=key, data={"max_bytes": MAX_BYTES, "hint": hint}, on_picture_change=lambda: None)
    return read_pad(result.get("picture"))


def read_pad(value: object) -> PadPicture | None:
    """Check and decode what the browser sent: {"name", "data" in base64}, or nothing."""
    if value is None:
        return None
    name, text = (value.get("name"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(text, str):
        raise CnnAppError("The drawing did not arrive whole: clear the pad and draw again.")
    if len(text) > MAX_BYTES * 4 // 3 + 4:
        raise CnnAppError(f"{name[:80]} is larger than {MAX_BYTES // 2**20} MB: drop it on the upload field instead.")
    try:
        return PadPicture(name[:200], base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise CnnAppError("The drawing did not arrive whole: clear the pad and draw again.") from None
