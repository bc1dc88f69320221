"""The curves that move while a network learns: Vega-Lite, which keeps zoom and does not flicker when data arrives.

The specification is written by hand: Altair would write the same one, but takes 40 MB of the server's memory for it.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from cnnapp.figures.style import TRAINING, VALIDATION

MOST_POINTS, MOST_EPOCHS = 180, 160  # by step and by epoch: with a smaller chart, two stay under 20 kB per tick
STEP, TRAIN, VAL = "training step", "training epoch", "validation"
PHASE = "phase 2"  # where it begins, in a run that is fine-tuned
LEGEND_COLUMNS = {"expr": "width < 300 ? 2 : 3"}  # on a phone three would be cut off
GREY = "#808495"  # to be read on light and on dark

ZOOM = "zoom"  # the name of the selection that zooms and pans
# The wheel alone, and a finger, scroll the page: whoever passes over a chart means the page. A pinch on a touchpad
# comes as a wheel with Ctrl. A double click shows all again.
GESTURES = {
    "zoom": "wheel![event.ctrlKey || event.metaKey]",
    "translate": "[pointerdown[event.pointerType !== 'touch'], window:pointerup] > window:pointermove!",
    "clear": "dblclick",
}

Floats = NDArray[np.float32]
_NONE: Floats = np.empty(0, np.float32)


class Curve(NamedTuple):
    """One line: x in epochs, y in the quantity's unit."""

    name: str
    x: Floats
    y: Floats


def smooth(values: Floats, amount: float) -> Floats:
    """Return the exponential moving average, without the pull towards zero at its start (as in Adam, Kingma & Ba 2015).

    Args:
        values: float32 (n,).
        amount: 0 (as measured) to below 1; the weight of the past.
    """
    if amount == 0 or not len(values):
        return values
    smoothed = pd.Series(values).ewm(alpha=1 - amount, adjust=True).mean()
    return np.asarray(smoothed, np.float32)


def thin(x: Floats, y: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """Return at most `most` points: means of equal stretches, so that no spike is invented; short series stay whole.

    A stretch is a power of two long and the first one begins with the first value: as a series grows, the line that is
    drawn already stays as it is until the stretches double.
    """
    if len(x) <= most:
        return x, y
    stretch = 1 << (-(-len(x) // most) - 1).bit_length()
    begins = np.arange(0, len(x), stretch)
    counts = np.diff(begins, append=len(x))
    return (
        (np.add.reduceat(x.astype(np.float64), begins) / counts).astype(np.float32),
        (np.add.reduceat(y.astype(np.float64), begins) / counts).astype(np.float32),
    )


def compute_curve(name: str, x: ArrayLike, y: ArrayLike, smoothing: float = 0) -> Curve:
    """Return a curve fit to draw: smoothed, then thinned."""
    across, up = np.asarray(x, np.float32), np.asarray(y, np.float32)
    return Curve(name, *thin(across, smooth(up, smoothing), MOST_POINTS if name == STEP else MOST_EPOCHS))


def tabulate(curves: Sequence[Curve], series: Sequence[str]) -> pa.Table:
    """Return the points of all curves below each other; straight to Arrow, where a frame took ten times as long.

    Args:
        curves: any number.
        series: the names that occur.

    Returns:
        The columns epoch and value (float32, not a number is null) and series (which of the names).
    """
    names = pa.array(series, pa.string())
    which = [np.full(len(curve.x), series.index(curve.name), np.int8) for curve in curves]
    columns = {
        "epoch": pa.array(np.concatenate([_NONE, *(curve.x for curve in curves)]), from_pandas=True),
        "value": pa.array(np.concatenate([_NONE, *(curve.y for curve in curves)]), from_pandas=True),
        "series": pa.DictionaryArray.from_arrays(np.concatenate([np.empty(0, np.int8), *which]), names),
    }
    return pa.table(columns)


def plot_curves(
    curves: Sequence[Curve], quantity: str, *, log: bool = False, kind: Literal["loss", "accuracy"] = "loss"
) -> dict[str, Any]:
    """Draw training by step (thin) and by epoch (line), validation by epoch (line with dots).

    Args:
        curves: as from `compute_curve`; empty ones are fine. One of the name PHASE marks where phase 2 begins.
        quantity: the y axis's title.
        log: logarithmic y axis.
        kind: an accuracy is drawn from 0 to 1, as percent.

    Returns:
        A Vega-Lite specification with its points as a table, for `st.vega_lite_chart`.
    """
    series = [STEP, TRAIN, VAL, *(curve.name for curve in curves if curve.name == PHASE)]
    encoding = axes(quantity, log=log, percent=kind == "accuracy") | _series_and_tooltip(quantity, kind)
    # No wider than an epoch: the dots of a long run would hide the line below them.
    dot = {"size": {"expr": "clamp(pow(width / span(domain('x')), 2) / 2, 4, 45)"}, "filled": True}
    layers = [
        _line(STEP, encoding, strokeWidth=1, opacity=0.7),
        _line(TRAIN, encoding, strokeWidth=2.5),
        _line(VAL, encoding, strokeWidth=2, strokeDash=[4, 3], point=dot),
    ]
    if PHASE in series:
        layers += _mark(encoding["x"], low=kind == "accuracy")
    interval = {"type": "interval", "encodings": ["x", "y"], **GESTURES}
    zoom = {"name": ZOOM, "bind": "scales", "select": interval, "views": [_name(STEP)]}
    # Data with a name: new points are put into the chart that stands, where others would be a new chart.
    data = {"data": {"name": "points"}, "datasets": {"points": tabulate(curves, series)}}
    return {"height": 300, "layer": layers, "params": [zoom], **data}


def _line(series: str, encoding: dict[str, Any], **style: Any) -> dict[str, Any]:
    # The encoding stands in every layer: a zoom does not take hold of axes that are shared from above.
    return {
        "name": _name(series),
        "mark": {"type": "line", **style},
        "encoding": encoding,
        "transform": [{"filter": {"field": "series", "equal": series}}],
    }


def _mark(x: dict[str, Any], *, low: bool) -> list[dict[str, Any]]:
    """Return a line across the chart and its name at the end where no curve is: losses fall, accuracies rise."""
    here = [{"filter": {"field": "series", "equal": PHASE}}]
    near = "scale('x', datum.epoch) > width - 50"  # the right edge, where words to the right would be cut off
    words: dict[str, Any] = {"type": "text", "dy": -4 if low else 4, "baseline": "bottom" if low else "top"}
    words |= {"align": {"expr": f"{near} ? 'right' : 'left'"}, "dx": {"expr": f"{near} ? -4 : 4"}}
    end = {"y": {"value": "height" if low else 0}, "text": {"value": PHASE}}
    return [
        {"mark": {"type": "rule", "strokeDash": [2, 3], "color": GREY}, "encoding": {"x": x}, "transform": here},
        {"mark": {**words, "color": GREY}, "encoding": {"x": x, **end}, "transform": here},
    ]


def _name(series: str) -> str:
    return series.replace(" ", "_")  # Vega makes variables of it


def axes(quantity: str, *, log: bool, percent: bool) -> dict[str, Any]:
    """Return the encoding of x in epochs and of y in `quantity`; as percent: from 0 to 1."""
    scale: dict[str, Any] = {"type": "log" if log else "linear", "zero": False, "nice": not percent}
    if percent:
        scale["domain"] = [0, 1.02]  # dots at 100 % are whole
    return {
        "x": {
            "field": "epoch",
            "type": "quantitative",
            "title": "epoch",
            "scale": {"padding": 8, "nice": False},
            "axis": {"tickMinStep": 1, "grid": False},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": quantity,
            "scale": scale,
            "axis": {"format": "%" if percent else "~g", "tickCount": 6},
        },
    }


def _series_and_tooltip(quantity: str, kind: str) -> dict[str, Any]:
    colours = {"domain": [STEP, TRAIN, VAL], "range": ["#8AB6D6", TRAINING, VALIDATION]}
    value_format = ".2%" if kind == "accuracy" else ".4f"
    return {
        "color": {
            "field": "series",
            "type": "nominal",
            "scale": colours,
            "legend": {"orient": "bottom", "title": None, "columns": LEGEND_COLUMNS, "labelLimit": 220},
        },
        "tooltip": [
            {"field": "series", "type": "nominal", "title": "series"},
            {"field": "epoch", "type": "quantitative", "format": ".2f"},
            {"field": "value", "type": "quantitative", "title": quantity, "format": value_format},
        ],
    }
