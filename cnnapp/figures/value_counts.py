"""How often each brightness occurs in one image, by channel."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

BIN = 8  # values that are counted together
_COLOURS = {1: {"grey": "#7F7F7F"}, 3: {"red": "#D62728", "green": "#2CA02C", "blue": "#1F77B4"}}


def compute_value_counts(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the pixels of uint8 (h, w, c) by their value, `BIN` values together: int64 (c, 256 / BIN)."""
    channels = image.reshape(-1, image.shape[2]).T // BIN
    return np.stack([np.bincount(channel, minlength=256 // BIN) for channel in channels])


def plot_value_counts(counts: NDArray[np.int64]) -> "go.Figure":
    """Draw the counts of (c, 256 / BIN), c = 1 or 3, as one line per channel from black (0) to full (255)."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    first = np.arange(counts.shape[1]) * BIN
    figure = go.Figure(
        [
            go.Scatter(
                x=first + BIN / 2,
                y=channel,
                name=name,
                line={"color": colour, "shape": "hvh", "width": 1.5},
                fill="tozeroy",
                fillcolor=f"{colour}33",
                customdata=np.stack([first, first + BIN - 1], axis=1),
                hovertemplate="%{customdata[0]} to %{customdata[1]}: %{y:,} pixels<extra>" + name + "</extra>",
            )
            for (name, colour), channel in zip(_COLOURS[len(counts)].items(), counts, strict=True)
        ]
    )
    figure.update_layout(
        height=150, margin={"l": 0, "r": 12, "t": 8, "b": 0}, plot_bgcolor="rgba(0,0,0,0)", showlegend=False
    )
    figure.update_xaxes(range=[0, 256], tickvals=np.array([0, 64, 128, 192, 255]), showgrid=False, fixedrange=True)
    figure.update_yaxes(nticks=4, rangemode="tozero", tickformat=",", fixedrange=True)
    return figure
