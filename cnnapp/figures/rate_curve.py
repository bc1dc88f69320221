"""The curve of a learning-rate range test: loss by learning rate, with the proposed rate marked."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cnnapp.figures.style import TRAINING, WRONG

STEP_COLOUR = "#8AB6D6"  # of single steps, as in the live curves
SMALL = 0.0005  # rates below are written as 1e-4
HEADROOM = 1.25  # times the first loss: what rises above it says "too high" by leaving the picture


def plot_range_curve(
    rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], proposed: float | None
) -> dict[str, Any]:
    """Draw a range test: single steps as dots, the smoothed loss as a line, the proposal as a dashed upright one.

    Args:
        rates: the learning rate of each step, rising.
        losses: of each step.
        smooth: the same, smoothed.
        proposed: None where there is no proposal.

    Returns:
        A Vega-Lite specification with its points as a frame, for `st.vega_lite_chart`.
    """
    frame = pd.DataFrame({"rate": rates, "loss": losses, "smooth": smooth})
    top, bottom = HEADROOM * max(smooth[: max(1, len(smooth) // 4)], default=1.0), min([*smooth, *losses], default=0.0)
    up = {"domain": [max(0.0, bottom - 0.05 * (top - bottom)), top], "nice": False}
    across: dict[str, Any] = {
        "field": "rate",
        "type": "quantitative",
        "title": "learning rate",
        "scale": {"type": "log", "nice": False},
        "axis": {
            "labelExpr": f"format(datum.value, datum.value < {SMALL} ? '~e' : '~g')",
            "tickCount": 8,
            "grid": False,
        },
    }
    tooltip = [
        {"field": "rate", "type": "quantitative", "title": "learning rate", "format": ".2g"},
        {"field": "smooth", "type": "quantitative", "title": "loss, smoothed", "format": ".4f"},
        {"field": "loss", "type": "quantitative", "title": "loss of this step", "format": ".4f"},
    ]

    def curve(field: str, mark: dict[str, Any]) -> dict[str, Any]:
        height = {"field": field, "type": "quantitative", "title": "loss", "scale": up, "axis": {"tickCount": 6}}
        return {"mark": {**mark, "clip": True}, "encoding": {"x": across, "y": height, "tooltip": tooltip}}

    layers = [
        curve("loss", {"type": "circle", "size": 18, "color": STEP_COLOUR, "opacity": 0.8}),
        curve("smooth", {"type": "line", "strokeWidth": 2.5, "color": TRAINING}),
    ]
    if proposed is not None:
        layers += _mark_proposal(proposed, across)
    return {"height": 260, "layer": layers, "data": {"name": "points"}, "datasets": {"points": frame}}


def _mark_proposal(proposed: float, across: dict[str, Any]) -> list[dict[str, Any]]:
    data = {"values": [{"rate": proposed, "words": f"{proposed:g}"}]}
    words = {"type": "text", "align": "left", "baseline": "top", "dx": 5, "fontSize": 14, "fontWeight": "bold"}
    return [
        {"data": data, "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 2, "color": WRONG}}
        | {"encoding": {"x": across}},
        {"data": data, "mark": {**words, "color": WRONG}}
        | {"encoding": {"x": across, "y": {"value": 2}, "text": {"field": "words", "type": "nominal"}}},
    ]
