"""Which sizes the image files had before they were made alike."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.style import TRAINING, VALIDATION

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PER_OCTAVE = 6  # sizes told apart between a side and its double
_AREA = 30.0  # largest circle's diameter in pixels
_TICKS = 2 ** np.arange(15)


class SizeCounts(NamedTuple):
    """Sizes that are much alike, counted together."""

    sizes: NDArray[np.int64]  # (k, 2): typical height and width
    counts: NDArray[np.int64]  # (k,)


def compute_size_counts(sizes: NDArray[np.int32]) -> SizeCounts:
    """Count heights and widths, (n, 2) in pixels, by sixths of an octave; the typical size is the group's median."""
    groups = np.round(np.log2(sizes) * _PER_OCTAVE).astype(np.int64)
    _, group, counts = np.unique(groups, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    parts = np.split(sizes[order], np.cumsum(counts)[:-1])
    return SizeCounts(np.array([np.median(part, axis=0) for part in parts]).round().astype(np.int64), counts)


def plot_size_counts(found: SizeCounts, seen: tuple[int, int]) -> "go.Figure":
    """Draw a circle for each size, its area the number of images, and a cross at the size that the network sees."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    heights, widths = found.sizes.T
    circles = go.Scatter(
        x=widths,
        y=heights,
        mode="markers",
        name="files",
        customdata=found.counts,
        marker={
            "color": TRAINING,
            "opacity": 0.6,
            "sizemode": "area",
            "size": found.counts,
            "sizeref": 2 * int(found.counts.max()) / _AREA**2,
            "sizemin": 2,
        },
        hovertemplate="about %{x}×%{y}: %{customdata:,} images<extra></extra>",
    )
    cross = go.Scatter(
        x=np.array([seen[1]]),
        y=np.array([seen[0]]),
        mode="markers",
        name="what the network sees",
        marker={"color": VALIDATION, "symbol": "x", "size": 10},
        hovertemplate="the network sees %{x}×%{y}<extra></extra>",
    )
    figure = go.Figure([circles, cross])
    figure.update_layout(
        height=320,
        margin={"l": 0, "r": 8, "t": 0, "b": 0},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemsizing": "constant"},
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(type="log", title="width in pixels", tickvals=_TICKS, fixedrange=True)
    figure.update_yaxes(type="log", title="height in pixels", tickvals=_TICKS, fixedrange=True)
    return figure
