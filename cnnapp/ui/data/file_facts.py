"""What is known of the file that an image of a data set was, in words."""

import streamlit as st

from cnnapp.datasets import ImageFacts
from cnnapp.images import Preprocess
from cnnapp.ui.kit.feedback import escape

CONVERSIONS = {
    "float scaled": "fractions from 0 to 1, or of the set's own range, became whole numbers from 0 to 255",
    "integer scaled": "whole numbers of a chosen range became 0 to 255",
    "clipped to the set's range": "values outside the range of the set became 0 or 255",
    "float rounded": "fractions from 0 to 255 were rounded",
    "0-1 scaled": "zeros and ones became 0 and 255",
    "integer narrowed": "wide whole numbers became bytes, without a change of value",
    "rotated": "turned upright, as the camera noted",
    "16-bit scaled": "16 bits per value became 8",
    "alpha flattened": "what was see-through is white now",
    "first frame": "only the first of several pictures is used",
    "palette": "colours by number became colours",
    "CMYK converted": "colours for print became colours for screens",
}
_NOTABLE = 0.01  # smaller changes of shape cannot be seen


def show_file_facts(facts: ImageFacts | None, row: int, preprocess: Preprocess) -> None:
    """Show name, size and bytes of one image's file, what was converted, and what resizing cost."""
    if facts is None:
        return
    height, width = (int(side) for side in facts.sizes[row])
    st.markdown(f"File **{escape(facts.files[row])}**")
    st.caption(f"{width:,} pixels wide, {height:,} high · {size_words(int(facts.bytes[row]))}")
    said = [CONVERSIONS.get(kind, kind) for kind in facts.conversions(row)]
    for sentence in [*(f"Converted: {words}." for words in said), *resize_words((height, width), preprocess)]:
        st.caption(escape(sentence))


def size_words(count: int) -> str:
    """Return a number of bytes as "312 bytes", "31.2 kB" or "4.6 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def resize_words(original: tuple[int, int], preprocess: Preprocess) -> list[str]:
    """Say what an image of `original` height and width lost when it was made the size that the network sees."""
    height, width, _ = preprocess.image_shape
    if original == (height, width):
        return [f"Nothing was lost by resizing: it had {width}×{height} pixels from the start."]
    down, across = original[0] / height, original[1] / width  # pixels of the file per pixel that the network sees
    reshaped = abs(across / down - 1) > _NOTABLE
    if preprocess.resize_mode == "crop":
        down = across = min(down, across)
    elif preprocess.resize_mode == "pad":
        down = across = max(down, across)
    return [_density(down * across), *([_reshaping(original, preprocess)] if reshaped else [])]


def _density(pixels: float) -> str:
    if pixels > 1:
        return f"Each pixel that the network sees stands for {pixels:,.3g} of the file: finer detail is lost."
    return f"It was enlarged to {1 / pixels:,.3g} times its pixels: that adds no detail."


def _reshaping(original: tuple[int, int], preprocess: Preprocess) -> str:
    height, width, _ = preprocess.image_shape
    wide = (original[1] / original[0]) / (width / height)  # how much wider than what the network sees
    part = 1 - min(wide, 1 / wide)
    if preprocess.resize_mode == "crop":
        return f"{100 * part:.0f} % was cut off, {'left and right' if wide > 1 else 'at top and bottom'}."
    if preprocess.resize_mode == "pad":
        return f"{100 * part:.0f} % of what the network sees is black bars."
    side, other = ("width", "height") if wide > 1 else ("height", "width")
    return f"Its {side} was squeezed by {100 * part:.0f} % against its {other}: proportions changed."
