"""How many images each class has, by split."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.style import TEST, TRAINING, VALIDATION

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_NAMES = 30  # more classes are told by hover only


class ClassCounts(NamedTuple):
    """Images per class, (classes,) each."""

    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def compute_class_counts(
    labels: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]], classes: int
) -> ClassCounts:
    """Count the labels of training, validation and test images."""
    return ClassCounts(*(np.bincount(part, minlength=classes) for part in labels))


def plot_class_counts(counts: ClassCounts, class_names: tuple[str, ...]) -> "go.Figure":
    """Draw one stacked bar per class, the first class on top."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    parts = zip(("training", "validation", "test"), counts, (TRAINING, VALIDATION, TEST), strict=True)
    places = list(range(len(class_names)))
    figure = go.Figure(
        [
            go.Bar(
                x=part.tolist(),
                y=places,
                orientation="h",
                name=name,
                marker={"color": colour, "line": {"width": 0}},
                customdata=list(class_names),
                hovertemplate=f"%{{customdata}}: %{{x:,}} {name}<extra></extra>",
            )
            for name, part, colour in parts
        ]
    )
    few = len(class_names) <= _MOST_NAMES
    height = 90 + (26 * len(class_names) if few else 460)
    figure.update_layout(
        barmode="stack",
        bargap=0.25 if few else 0.05,
        height=height,
        margin={"l": 0, "r": 8, "t": 0, "b": 0},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(fixedrange=True, nticks=5, rangemode="tozero", tickformat=",")
    figure.update_yaxes(
        fixedrange=True,
        autorange="reversed",
        showgrid=False,
        tickmode="array",
        tickvals=places if few else [],
        ticktext=[_shortened(name) for name in class_names] if few else [],
    )
    return figure


def _shortened(name: str) -> str:
    plain = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # Plotly reads markup in labels
    return plain if len(name) <= 16 else f"{plain[:15]}…"
