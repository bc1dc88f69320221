"""How wide the image files were for their height."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.style import TRAINING

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PER_OCTAVE = 8  # bars between a ratio and its double
_MARKS = {"1:4": 1 / 4, "1:2": 1 / 2, "3:4": 3 / 4, "1:1": 1.0, "4:3": 4 / 3, "2:1": 2.0, "4:1": 4.0}


class RatioCounts(NamedTuple):
    """Images by width divided by height."""

    ratios: NDArray[np.float64]  # (k,): the middle of each bar, without gaps between them
    counts: NDArray[np.int64]  # (k,)


def compute_ratio_counts(sizes: NDArray[np.int32]) -> RatioCounts:
    """Count width / height of (n, 2) heights and widths by eighths of an octave; a square is the middle of a bar."""
    bars = np.round(np.log2(sizes[:, 1] / sizes[:, 0]) * _PER_OCTAVE).astype(np.int64)
    first = int(bars.min())
    counts = np.bincount(bars - first)
    return RatioCounts(2.0 ** ((first + np.arange(len(counts))) / _PER_OCTAVE), counts)


def plot_ratio_counts(found: RatioCounts) -> "go.Figure":
    """Draw one bar per ratio, upright images left, wide ones right."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    octaves = np.log2(found.ratios)
    bars = go.Bar(
        x=octaves,
        y=found.counts,
        width=1 / _PER_OCTAVE,
        marker={"color": TRAINING, "line": {"width": 0}},
        customdata=found.ratios,
        hovertemplate="about %{customdata:.2f} times as wide as high: %{y:,} images<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_layout(height=180, bargap=0.05, margin={"l": 0, "r": 8, "t": 8, "b": 0}, plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(
        title="width to height",
        tickvals=np.log2(list(_MARKS.values())),
        ticktext=list(_MARKS),
        range=[min(-1.1, octaves.min() - 0.1), max(1.1, octaves.max() + 0.1)],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(nticks=4, rangemode="tozero", tickformat=",", fixedrange=True)
    return figure
