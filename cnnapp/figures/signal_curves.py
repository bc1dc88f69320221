"""The smaller curves that move while a network learns: learning rate, gradient norm, accuracy by class."""

from collections.abc import Sequence
from typing import Any

from cnnapp.figures.live_curves import Curve, axes, tabulate

MOST_POINTS = 130  # of all lines together: with the two large charts a tick stays below 20 kB
MOST_LINES = 10  # of accuracy by class: more cannot be told apart
LEGEND_HEIGHT = 320  # pixels: room for all names, one below the other
# Okabe & Ito (2008) without black, then three between them; each line has a name at its end in the legend, too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7A00", "#7F7F7F", "#7A4FB5", "#A0522D")


def plot_signal(curve: Curve, *, log: bool = False) -> dict[str, Any]:
    """Draw one quantity, named as the curve is; `log`: logarithmic y axis. Returns as `live_curves.plot_curves`."""
    mark = {"type": "line", "strokeWidth": 2, "color": COLOURS[0]}
    return _chart([curve], mark, axes(curve.name, log=log, percent=False), height=200)


def plot_class_accuracy(curves: Sequence[Curve]) -> dict[str, Any]:
    """Draw the validation accuracy 0-1 of some classes, one line each. Returns as `live_curves.plot_curves`."""
    names = [curve.name for curve in curves]
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": COLOURS[: len(names)]},
        "legend": {"orient": "right", "title": None, "labelLimit": 100, "rowPadding": 0},
    }
    mark = {"type": "line", "strokeWidth": 2, "point": {"size": 25, "filled": True}}
    return _chart(curves, mark, axes("accuracy", log=False, percent=True) | {"color": colour}, height=LEGEND_HEIGHT)


def _chart(curves: Sequence[Curve], mark: dict[str, Any], encoding: dict[str, Any], *, height: int) -> dict[str, Any]:
    points = tabulate(curves, [curve.name for curve in curves])
    tooltip = [
        {"field": "series", "type": "nominal"},
        {"field": "epoch", "type": "quantitative", "format": ".2f"},
        {"field": "value", "type": "quantitative", "format": ".4g"},
    ]
    data = {"data": {"name": "points"}, "datasets": {"points": points}}  # named: see live_curves
    return {"height": height, "mark": mark, "encoding": encoding | {"tooltip": tooltip}, **data}
