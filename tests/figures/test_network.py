from itertools import pairwise

import pytest

from cnnapp.figures.network import GAP, SHIFT_RIGHT, SLAB_WIDTH, Box, DrawnLayer, compute_boxes, plot_network
from cnnapp.figures.style import FAMILIES

SMALL = (
    DrawnLayer("input", "input", "input", (8, 4, 1), "pixels"),
    DrawnLayer("conv1", "convolution", "convolution", (8, 4, 4), "kernels"),
    DrawnLayer("norm1", "batch normalisation", "normalization", (8, 4, 4), "normalised"),
    DrawnLayer("pool1", "pooling", "pooling", (4, 2, 4), "halved"),
    DrawnLayer("flatten", "flatten", "reshaping", (31,), "vector"),
    DrawnLayer("softmax", "dense", "dense", (1,), "decision"),
)


def test_boxes_are_to_scale_from_left_to_right():
    gap = GAP + SHIFT_RIGHT / 2  # the input is half as wide as high
    conv, pool = 0.35 + gap, 0.35 + gap + 0.6 + SLAB_WIDTH + gap
    assert compute_boxes(SMALL) == [
        Box(x=0, width=0.35, height=1, depth=0.5),
        Box(x=round(conv, 4), width=0.6, height=1, depth=0.5),
        Box(x=round(conv + 0.6, 4), width=SLAB_WIDTH, height=1, depth=0.5),
        Box(x=round(pool, 4), width=0.6, height=0.5, depth=0.25),
        Box(x=round(pool + 0.6 + SHIFT_RIGHT / 4 + GAP, 4), width=0.14, height=1, depth=0),
        Box(x=round(pool + 0.6 + SHIFT_RIGHT / 4 + GAP + 0.14 + GAP, 4), width=0.14, height=0.28, depth=0),
    ]


def test_volumes_never_overlap():
    boxes = compute_boxes(SMALL)
    assert all(a.x + a.width <= b.x for a, b in pairwise(boxes))


def test_each_layer_shows_its_details_under_the_pointer():
    texts = {trace.text for trace in plot_network(SMALL).data if trace.hoverinfo == "text"}
    assert texts == {f"<b>{layer.name}</b><br>{layer.details}" for layer in SMALL}


def test_shapes_stand_below_the_volumes_but_not_below_slabs():
    assert plot_network(SMALL).layout.xaxis.ticktext == ("8×4×1", "8×4×4", "4×2×4", "31", "1")


def test_the_legend_names_each_kind_once_by_colour_and_symbol():
    names = [trace.name for trace in plot_network(SMALL).data if trace.showlegend is None]
    assert names == ["▣ input", "▦ convolution", "≈ batch normalisation", "▼ pooling", "▬ flatten", "⁝ dense"]


def test_no_layers_give_an_empty_figure():
    assert compute_boxes([]) == []
    assert not any(trace.fill for trace in plot_network([]).data)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_can_be_drawn(family):
    layers = [DrawnLayer("input", "input", "input", (4, 4, 3), ""), DrawnLayer("layer", "", family, (4, 4, 3), "")]
    assert len(compute_boxes(layers)) == 2
    assert plot_network(layers).data
