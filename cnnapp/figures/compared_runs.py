"""Several runs over each other: one quantity by epoch, one colour and one dash per run."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

# Okabe & Ito's colours in an order that stays apart on light and dark; the dash tells runs apart without colour.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MOST_DOTS = 60  # of one run: more would be a band


class RunCurve(NamedTuple):
    """One run's values by epoch; None where it has none."""

    title: str
    epochs: tuple[int, ...]
    values: tuple[float | None, ...]


def plot_compared_runs(curves: Sequence[RunCurve], quantity: str, *, percent: bool = False) -> go.Figure:
    """Draw one line per run.

    Args:
        curves: in the order of the table; none gives empty axes.
        quantity: the y axis's title.
        percent: whether the values are shares 0-1, shown as percent.
    """
    figure = go.Figure()
    for place, curve in enumerate(curves):
        figure.add_scatter(
            x=curve.epochs,
            y=curve.values,
            name=curve.title,
            mode="lines+markers" if len(curve.epochs) <= MOST_DOTS else "lines",
            line={"color": COLOURS[place % len(COLOURS)], "dash": DASHES[place % len(DASHES)], "width": 2},
            marker={"size": 5},
            hovertemplate="%{y:.1%}" if percent else "%{y:.4f}",
        )
    figure.update_layout(
        height=340,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.2},
        showlegend=True,
        xaxis={"title": "epoch", "dtick": 1 if _longest(curves) <= 12 else None},
        yaxis={"title": quantity, "tickformat": ".0%" if percent else None},
    )
    return figure


def _longest(curves: Sequence[RunCurve]) -> int:
    return max((curve.epochs[-1] for curve in curves if curve.epochs), default=0)
