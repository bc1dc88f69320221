"""One feature map, large, with its scale; and how its values are distributed."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.colour_maps import DIVERGING, SEQUENTIAL, Theme, plotly_scale
from cnnapp.figures.style import TRAINING

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARGIN = {"l": 0, "r": 0, "t": 8, "b": 8}
_MOST_BARS = 1000


def plot_map(values: NDArray[np.float32], theme: Theme = "light", *, signed: bool = False) -> "go.Figure":
    """Draw one map float32 (h, w), row 0 on top; hover gives position and value.

    Args:
        values: the map.
        theme: of the page.
        signed: colour around zero (weights) instead of from low to high (activations).
    """
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    reach = float(np.abs(values).max()) or 1.0
    around_zero = {"zmin": -reach, "zmax": reach} if signed else {}
    heatmap = go.Heatmap(
        z=values,
        colorscale=plotly_scale((DIVERGING if signed else SEQUENTIAL)[theme]),
        colorbar={"thickness": 12, "outlinewidth": 0, "tickformat": ".3~g", "nticks": 6},
        hovertemplate="row %{y}, column %{x}: %{z:.4g}<extra></extra>",
        **around_zero,
    )
    figure = go.Figure(heatmap)
    figure.update_layout(height=340, margin=_MARGIN, plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain", autorange="reversed", scaleanchor="x")
    return figure


def plot_values(values: NDArray[np.float32], chosen: int) -> "go.Figure":
    """Draw a vector float32 (n,) as bars, the chosen one in full colour; a long one as its first 1,000 values."""
    import plotly.graph_objects as go  # noqa: PLC0415

    shown = values[:_MOST_BARS]
    colours = [TRAINING if unit == chosen else f"{TRAINING}66" for unit in range(len(shown))]
    bars = go.Bar(y=shown, marker_color=colours, marker_line_width=0, hovertemplate="%{x}: %{y:.4g}<extra></extra>")
    return _plain(go.Figure(bars), height=340, bargap=0.15 if len(shown) <= 64 else 0)


def plot_histogram(values: NDArray[np.float32], bins: int = 24) -> "go.Figure":
    """Draw how many values of a map lie where."""
    import plotly.graph_objects as go  # noqa: PLC0415

    counts, edges = np.histogram(values[np.isfinite(values)], bins)
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges),
        marker_color=TRAINING,
        marker_line_width=0,
        hovertemplate="around %{x:.3g}: %{y} values<extra></extra>",
    )
    return _plain(go.Figure(bars), height=120, bargap=0)


def _plain(figure: "go.Figure", **layout: Any) -> "go.Figure":
    figure.update_layout(margin=_MARGIN, plot_bgcolor="rgba(0,0,0,0)", **layout)
    figure.update_xaxes(showgrid=False, fixedrange=True)
    figure.update_yaxes(nticks=4, fixedrange=True)
    return figure
