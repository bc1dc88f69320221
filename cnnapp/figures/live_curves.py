"""The curves that move while a network learns: Altair, which keeps zoom and does not flicker when data arrives."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cnnapp.figures.style import TRAINING, VALIDATION

MOST_POINTS = 400  # per series: two charts stay under 20 kB per tick
STEP, TRAIN, VAL = "training step", "training epoch", "validation"

ZOOM = "zoom"  # the name of the selection that zooms and pans

Floats = NDArray[np.float32]


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
    """Return at most `most` points: means of equal stretches, so that no spike is invented; short series stay whole."""
    if len(x) <= most:
        return x, y
    edges = np.linspace(0, len(x), most + 1).astype(np.int64)
    counts = np.diff(edges)
    return (
        (np.add.reduceat(x.astype(np.float64), edges[:-1]) / counts).astype(np.float32),
        (np.add.reduceat(y.astype(np.float64), edges[:-1]) / counts).astype(np.float32),
    )


def compute_curve(name: str, x: ArrayLike, y: ArrayLike, smoothing: float = 0) -> Curve:
    """Return a curve fit to draw: smoothed, then thinned."""
    across, up = np.asarray(x, np.float32), np.asarray(y, np.float32)
    return Curve(name, *thin(across, smooth(up, smoothing)))


def plot_curves(
    curves: Sequence[Curve], quantity: str, *, log: bool = False, kind: Literal["loss", "accuracy"] = "loss"
) -> alt.LayerChart:
    """Draw training by step (thin) and by epoch (line), validation by epoch (line with dots).

    Args:
        curves: as from `compute_curve`; empty ones are fine.
        quantity: the y axis's title.
        log: logarithmic y axis.
        kind: an accuracy is drawn from 0 to 1, as percent.
    """
    frame = pd.concat(
        [pd.DataFrame({"epoch": curve.x, "value": curve.y, "series": curve.name}) for curve in curves],
        ignore_index=True,
    )
    frame["series"] = frame["series"].astype("category").cat.set_categories([STEP, TRAIN, VAL])
    percent = kind == "accuracy"
    domain = [0, 1.02] if percent else alt.Undefined  # dots at 100 % are whole
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=not percent, domain=domain)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "epoch:Q", title="epoch", scale=alt.Scale(padding=8, nice=False), axis=alt.Axis(tickMinStep=1, grid=False)
        ),
        y=alt.Y("value:Q", title=quantity, scale=scale, axis=alt.Axis(format="%" if percent else "~g", tickCount=6)),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=[STEP, TRAIN, VAL], range=["#8AB6D6", TRAINING, VALIDATION]),
            legend=alt.Legend(orient="bottom", title=None, columns=3, labelLimit=220),
        ),
        tooltip=[
            alt.Tooltip("series:N", title="series"),
            alt.Tooltip("epoch:Q", format=".2f"),
            alt.Tooltip("value:Q", title=quantity, format=".2%" if percent else ".4f"),
        ],
    )
    by_step = base.transform_filter(alt.datum.series == STEP).mark_line(strokeWidth=1, opacity=0.7)
    train = base.transform_filter(alt.datum.series == TRAIN).mark_line(strokeWidth=2.5)
    validation = base.transform_filter(alt.datum.series == VAL).mark_line(
        strokeWidth=2, strokeDash=[4, 3], point=alt.OverlayMarkDef(size=45, filled=True)
    )
    return alt.LayerChart(layer=[by_step, train, validation], height=300).interactive(name=ZOOM)
