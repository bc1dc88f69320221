"""An image as the numbers that it is."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.colour_maps import rgb
from cnnapp.figures.style import VALIDATION

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_SHOWN = 16  # rows and columns whose numbers can be read side by side


class PixelRegion(NamedTuple):
    """A part of one channel."""

    values: NDArray[np.uint8]  # (rows, columns)
    top: int  # its place in the image
    left: int


def compute_region(channel: NDArray[np.uint8], top: int, left: int) -> PixelRegion:
    """Cut `MOST_SHOWN` rows and columns out of uint8 (h, w), moved inside where (top, left) lies too far out."""
    height, width = channel.shape
    top, left = min(top, max(0, height - MOST_SHOWN)), min(left, max(0, width - MOST_SHOWN))
    return PixelRegion(channel[top : top + MOST_SHOWN, left : left + MOST_SHOWN], top, left)


def plot_pixels(region: PixelRegion, colour: str = "#FFFFFF") -> "go.Figure":
    """Draw each pixel as a square in its own brightness of `colour`, with its number on it."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    rows, columns = region.values.shape
    across, down = np.arange(columns) + region.left, np.arange(rows) + region.top
    heatmap = go.Heatmap(
        z=region.values,
        x=across,
        y=down,
        zmin=0,
        zmax=255,
        colorscale=[(0, "#000000"), (1, colour)],
        showscale=False,
        xgap=1,
        ygap=1,
        texttemplate="%{z}",
        textfont={"size": 11},
        hovertemplate="row %{y}, column %{x}: %{z}<extra></extra>",
    )
    figure = go.Figure(heatmap)
    figure.update_layout(height=40 + 25 * rows, margin={"l": 0, "r": 0, "t": 0, "b": 0}, plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(side="top", showgrid=False, fixedrange=True, dtick=1, tickfont={"size": 10}, zeroline=False)
    figure.update_yaxes(
        autorange="reversed", showgrid=False, fixedrange=True, dtick=1, tickfont={"size": 10}, zeroline=False
    )
    return figure


def split_channels(image: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return red, green and blue of uint8 (h, w, 3), each (h, w, 3) in its own colour."""
    return [image * np.eye(3, dtype=np.uint8)[channel] for channel in range(3)]


def enlargement(image: NDArray[np.uint8], side: int) -> int:
    """Return how many times (h, w, c) can be enlarged so that its longer side stays within `side`, at least 1."""
    return max(1, side // int(max(image.shape[:2])))


def enlarge(image: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Repeat each pixel of (h, w, c) as a sharp square."""
    return image.repeat(times, axis=0).repeat(times, axis=1)


def mark_region(image: NDArray[np.uint8], region: PixelRegion, times: int) -> NDArray[np.uint8]:
    """Enlarge (h, w, 1 or 3) to RGB with a frame around `region`; without one when it is the whole image."""
    large = np.repeat(enlarge(image, times), 3 // image.shape[2], axis=2)
    height, width = region.values.shape
    if (height, width) == image.shape[:2]:
        return large
    top, left, line = region.top * times, region.left * times, max(1, times // 4)
    inner = np.zeros(large.shape[:2], bool)
    inner[top : top + height * times, left : left + width * times] = True
    frame = inner.copy()
    frame[top + line : top + height * times - line, left + line : left + width * times - line] = False
    large[frame] = rgb(VALIDATION)
    return large
