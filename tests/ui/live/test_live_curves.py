"""The live curves: the numbers first, then the chart, then what stands below it in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnapp.figures.live_curves import (
    MOST_POINTS,
    STEP,
    TRAIN,
    VAL,
    ZOOM,
    compute_curve,
    plot_curves,
    smooth,
    thin,
)
from cnnapp.jobs import JobFolder
from cnnapp.runs import EpochRow, History
from cnnapp.runs.history import StepRows
from cnnapp.ui.live.curves import describe_gap, describe_loss


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def row(epoch: int, loss: float, accuracy: float, val_accuracy: float | None) -> EpochRow:
    val_loss = None if val_accuracy is None else loss
    return EpochRow(epoch, 10 * epoch, loss, accuracy, val_loss, val_accuracy, learning_rate=0.001, seconds=1)


def history(*epochs: EpochRow, losses: tuple[float, ...] = ()) -> History:
    steps = StepRows(steps=range(1, len(losses) + 1), losses=losses, accuracies=losses)
    return History(JobFolder(Path("unused")), epochs=list(epochs), by_step=steps)


# Smoothing


def test_no_smoothing_changes_nothing():
    values = floats(3, 1, 2)
    assert smooth(values, 0) is values


def test_smoothing_is_the_bias_corrected_moving_average_of_adam():
    values, beta = floats(4, 2, 8, 1), 0.6
    mean, expected = 0.0, []
    for step, value in enumerate(values, 1):
        mean = beta * mean + (1 - beta) * value
        expected.append(mean / (1 - beta**step))
    np.testing.assert_allclose(smooth(values, beta), expected, rtol=1e-6)


@pytest.mark.parametrize("amount", [0.3, 0.99])
def test_a_constant_stays_itself_and_the_first_value_is_kept(amount):
    np.testing.assert_allclose(smooth(floats(5, 5, 5), amount), 5, rtol=1e-6)
    assert smooth(floats(7, 1), amount)[0] == 7


def test_smoothing_of_nothing_is_nothing():
    assert len(smooth(floats(), 0.9)) == 0


# Thinning


def test_short_series_stay_whole():
    x = np.arange(MOST_POINTS, dtype=np.float32)
    assert thin(x, x)[0] is x


@pytest.mark.parametrize("count", [MOST_POINTS + 1, 2 * MOST_POINTS, 100_003])
def test_long_series_become_means_of_stretches_within_their_range(count):
    x = np.arange(count, dtype=np.float32)
    y = np.random.default_rng(0).random(count, np.float32)
    across, up = thin(x, y)
    assert MOST_POINTS // 2 < len(across) == len(up) <= MOST_POINTS
    assert across.dtype == up.dtype == np.float32
    assert (np.diff(across) > 0).all()
    assert y.min() <= up.min() <= up.max() <= y.max()
    assert abs(up.mean() - y.mean()) < 0.02


def test_what_is_drawn_stays_while_a_series_grows():
    x = np.arange(4 * MOST_POINTS, dtype=np.float32)
    y = np.random.default_rng(0).random(len(x), np.float32)
    _, before = thin(x[: 2 * MOST_POINTS + 2], y[: 2 * MOST_POINTS + 2])
    _, after = thin(x, y)
    np.testing.assert_array_equal(before[:-1], after[: len(before) - 1])


def test_a_line_stays_on_itself():
    x = np.linspace(0, 30, 12_345, dtype=np.float32)
    across, up = thin(x, 2 * x)
    np.testing.assert_allclose(up, 2 * across, rtol=1e-5)


def test_a_curve_is_smoothed_before_it_is_thinned():
    count = 10 * MOST_POINTS
    noise = np.tile(floats(0, 1), count // 2)
    curve = compute_curve(STEP, np.arange(count), noise, smoothing=0.9)
    assert len(curve.x) <= MOST_POINTS
    np.testing.assert_allclose(curve.y[10:], 0.5, atol=0.06)


# The chart


def chart_of(*, log: bool = False, kind: str = "loss", points: int = 3) -> dict:
    x = np.arange(1, points + 1) / points
    curves = [compute_curve(STEP, x, x), compute_curve(TRAIN, [1], [0.5]), compute_curve(VAL, [], [])]
    return plot_curves(curves, kind, log=log, kind=kind)


def test_every_series_keeps_its_colour_when_another_is_still_empty():
    colour = chart_of()["layer"][0]["encoding"]["color"]
    assert colour["scale"]["domain"] == [STEP, TRAIN, VAL]
    assert len(set(colour["scale"]["range"])) == 3


def test_the_zoom_is_a_selection_by_name_so_that_streamlit_keeps_it():
    spec = chart_of()
    assert [(param["name"], param["bind"], param["views"]) for param in spec["params"]] == [
        (ZOOM, "scales", ["training_step"])
    ]
    assert "training_step" in [layer["name"] for layer in spec["layer"]]


def test_an_accuracy_is_drawn_from_0_to_100_percent():
    y = chart_of(kind="accuracy")["layer"][0]["encoding"]["y"]
    low, high = y["scale"]["domain"]
    assert (low, round(high, 1), y["axis"]["format"]) == (0, 1, "%")


def test_a_loss_may_be_logarithmic():
    types = [chart_of(log=log)["layer"][0]["encoding"]["y"]["scale"]["type"] for log in (False, True)]
    assert types == ["linear", "log"]


def test_a_chart_of_a_long_run_is_cheap_to_send():
    chart = chart_of(points=100_000)
    points = chart.pop("datasets")["points"]
    assert len(json.dumps(chart)) < 5_000
    assert len(points) <= MOST_POINTS + 1


def test_points_that_are_sent_are_those_of_the_curves_and_what_is_no_number_is_left_open():
    curves = [
        compute_curve(TRAIN, [1, 2], [0.5, np.nan]),
        compute_curve(STEP, [0.5], [2.0]),
        compute_curve(VAL, [], []),
    ]
    points = plot_curves(curves, "loss")["datasets"]["points"].to_pydict()
    assert points == {"epoch": [1.0, 2.0, 0.5], "value": [0.5, None, 2.0], "series": [TRAIN, TRAIN, STEP]}


# In words


def test_before_the_first_epoch_the_loss_is_that_of_the_newest_step():
    young = history(losses=(2.5, 1.25))
    assert describe_loss(young) == "Loss 1.250 after 2 steps."
    assert describe_gap(young) == "Validation accuracy appears after the first epoch."


def test_the_loss_is_compared_with_the_first_epochs():
    assert describe_loss(history(row(1, 2, 0.3, 0.3))) == "Loss 2.000 after epoch 1."
    told = describe_loss(history(row(1, 2, 0.3, 0.3), row(2, 0.5, 0.8, 0.7)))
    assert told == "Loss 0.500 after epoch 2; it was 2.000 after the first."


@pytest.mark.parametrize(
    ("val_accuracy", "gap"),
    [
        (0.788, "validation 1.2 points below training."),
        (0.85, "validation 5.0 points above training."),
        (0.8, "no gap between them."),
    ],
)
def test_the_gap_is_told_in_points_with_its_side(val_accuracy, gap):
    told = describe_gap(history(row(1, 1, 0.8, val_accuracy)))
    assert told.startswith("Training 80.0 %, validation ")
    assert told.endswith(gap)


def test_a_run_without_validation_says_so():
    assert describe_gap(history(row(1, 1, 0.8, None))) == "Trained without validation."
