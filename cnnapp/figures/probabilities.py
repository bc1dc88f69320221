"""What a classifier says: the likeliest classes as bars, and as one sentence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.style import TRAINING

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BAR_PIXELS = 38


class ClassShare(NamedTuple):
    """One class and its probability."""

    name: str
    probability: float  # 0-1


def top_classes(probabilities: NDArray[np.float32], class_names: Sequence[str], count: int) -> tuple[ClassShare, ...]:
    """Return the `count` likeliest of the classes (all when there are fewer), likeliest first.

    Args:
        probabilities: float32 (classes,), 0-1.
        class_names: in the same order.
        count: how many to return.
    """
    rows = np.argsort(-probabilities, kind="stable")[:count]
    return tuple(ClassShare(class_names[row], float(probabilities[row])) for row in rows)


def in_words(share: ClassShare) -> str:
    """Return "a seven, with 93.4 percent confidence"; names other than digits stand as they are."""
    percent = "more than 99.9" if 0.999 < share.probability < 1 else f"{100 * share.probability:.1f}"
    return f"{_named(share.name)}, with {percent} percent confidence"


def _named(name: str) -> str:
    if len(name) != 1 or name not in "0123456789":
        return name
    word = _DIGITS[int(name)]
    return f"{'an' if word == 'eight' else 'a'} {word}"


def plot_probabilities(shares: Sequence[ClassShare], labels: Sequence[str]) -> "go.Figure":
    """Draw one bar per class, the first on top, with its label; empty input gives an empty figure."""
    import plotly.graph_objects as go  # noqa: PLC0415 (0.3 s that the first paint of a page need not wait for)

    shown = list(reversed(shares))
    bars = go.Bar(
        x=[share.probability for share in shown],
        y=[f"{share.name} " for share in shown],  # the blank keeps "7" a name, not a number
        text=list(reversed(labels)),
        orientation="h",
        marker_color=[*[f"{TRAINING}66"] * (len(shown) - 1), TRAINING],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_layout(
        height=20 + _BAR_PIXELS * max(1, len(shown)),
        margin={"l": 0, "r": 64, "t": 4, "b": 4},
        bargap=0.35,
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"type": "category", "tickfont": {"size": 15}, "fixedrange": True},
    )
    return figure
