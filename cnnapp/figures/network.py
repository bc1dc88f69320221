"""A network as a drawing of its volumes, left to right: what comes out of each layer, to scale."""

from collections.abc import Sequence
from math import log2, sqrt
from typing import NamedTuple

import plotly.graph_objects as go

from cnnapp.figures.style import FAMILIES

SLAB_WIDTH, BAR_WIDTH, GAP = 0.12, 0.14, 0.34
SHIFT_RIGHT, SHIFT_UP = 0.42, 0.24  # of the far edge of the deepest volume: the oblique view


class DrawnLayer(NamedTuple):
    """What the drawing needs to know of a layer."""

    name: str
    title: str  # of its kind, in words
    family: str  # a key of style.FAMILIES
    shape: tuple[int, ...]  # (height, width, channels) or (units,)
    details: str  # shown under the pointer; lines separated by <br>


class Box(NamedTuple):
    """One volume in the drawing's units; the largest side of all maps is 1."""

    x: float  # left edge
    width: float  # square root of the channels, relative to the most
    height: float  # rows of the maps, or logarithm of the units, relative to the most
    depth: float  # columns of the maps; 0 for a vector

    @property
    def right(self) -> float:
        """Where the next volume may begin."""
        return self.x + self.width + SHIFT_RIGHT * self.depth


def compute_boxes(layers: Sequence[DrawnLayer]) -> list[Box]:
    """Place one box per layer, left to right; a layer that changes no shape is a slab on the one before it."""
    maps = [layer.shape for layer in layers if len(layer.shape) == 3]
    side = max((max(shape[:2]) for shape in maps), default=1)
    channels = max((shape[2] for shape in maps), default=1)
    units = max((layer.shape[0] for layer in layers if len(layer.shape) == 1), default=1)
    boxes: list[Box] = []
    for layer in layers:
        slab = bool(boxes) and FAMILIES[layer.family].slab
        if slab:
            x, width = boxes[-1].x + boxes[-1].width, SLAB_WIDTH
        else:
            x = boxes[-1].right + GAP if boxes else 0.0
            width = 0.1 + 0.5 * sqrt(layer.shape[2] / channels) if len(layer.shape) == 3 else BAR_WIDTH
        if len(layer.shape) == 3:
            height, depth = layer.shape[0] / side, layer.shape[1] / side
        else:
            height, depth = 0.1 + 0.9 * log2(layer.shape[0] + 1) / log2(units + 1), 0.0
        boxes.append(Box(round(x, 4), round(width, 4), round(height, 4), round(depth, 4)))
    return boxes


def plot_network(layers: Sequence[DrawnLayer]) -> go.Figure:
    """Draw the volumes; kind by colour and by the symbol above, shape below, details under the pointer.

    Args:
        layers: the input (family "input") and all layers, in order; none give an empty figure.
    """
    figure = go.Figure()
    boxes = compute_boxes(layers)
    for layer, box in zip(layers, boxes, strict=True):
        figure.add_traces(_faces(layer, box))
    for title, family in dict.fromkeys((layer.title, layer.family) for layer in layers):
        figure.add_trace(_legend_entry(title, family))
    figure.add_trace(_symbols(layers, boxes))
    volumes = [(layer, box) for layer, box in zip(layers, boxes, strict=True) if not FAMILIES[layer.family].slab]
    figure.update_xaxes(
        tickvals=[box.x + box.width / 2 for _, box in volumes],
        ticktext=[_shape(layer.shape) for layer, _ in volumes],
        autotickangles=[0, 90],
        range=[-0.3, boxes[-1].right + 0.2] if boxes else None,
        ticklabeloverflow="allow",
    )
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, tickfont_size=12)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.55, 0.55 + SHIFT_UP + 0.16])
    figure.update_layout(
        height=400,
        margin={"l": 0, "r": 0, "t": 8, "b": 8},
        # Above, because the shapes below turn upright, and need more room, where the screen is narrow.
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "itemclick": False,
            "itemdoubleclick": False,
        },
        hoverlabel={"align": "left"},
    )
    return figure


def _faces(layer: DrawnLayer, box: Box) -> list[go.Scatter]:
    left, right = box.x, box.x + box.width
    bottom, top = -box.height / 2, box.height / 2
    far_x, far_y = SHIFT_RIGHT * box.depth, SHIFT_UP * box.depth
    colour = FAMILIES[layer.family].colour
    faces = [([left, right, right, left], [bottom, bottom, top, top], colour)]
    if box.depth:
        roof = [left, right, right + far_x, left + far_x], [top, top, top + far_y, top + far_y]
        flank = [right, right + far_x, right + far_x, right], [bottom, bottom + far_y, top + far_y, top]
        faces += [(*roof, _mix(colour, "#FFFFFF", 0.4)), (*flank, _mix(colour, "#000000", 0.25))]
    return [
        go.Scatter(
            x=[*x, x[0]],
            y=[*y, y[0]],
            mode="lines",
            line={"width": 0.8, "color": _mix(colour, "#000000", 0.45)},
            fill="toself",
            fillcolor=fill,
            hoveron="fills",
            hoverinfo="text",
            text=f"<b>{layer.name}</b><br>{layer.details}",
            showlegend=False,
        )
        for x, y, fill in faces
    ]


def _legend_entry(title: str, family: str) -> go.Scatter:
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        marker={"symbol": "square", "size": 11, "color": FAMILIES[family].colour},
        name=f"{FAMILIES[family].symbol} {title}",
    )


def _symbols(layers: Sequence[DrawnLayer], boxes: Sequence[Box]) -> go.Scatter:
    # One line higher over a slab, so that neighbours do not touch on a narrow screen.
    lift = [0.15 if FAMILIES[layer.family].slab else 0.06 for layer in layers]
    return go.Scatter(
        x=[box.x + (box.width + SHIFT_RIGHT * box.depth) / 2 for box in boxes],
        y=[box.height / 2 + SHIFT_UP * box.depth + up for box, up in zip(boxes, lift, strict=True)],
        text=[FAMILIES[layer.family].symbol for layer in layers],
        mode="text",
        textfont_size=14,
        hoverinfo="skip",
        showlegend=False,
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]:,}"


def _mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` of `other` in it, as #rrggbb."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
