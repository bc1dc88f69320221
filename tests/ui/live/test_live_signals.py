"""Beside the curves: what the doctor says, the smaller curves, what the network says now."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.figures.live_curves import compute_curve
from cnnapp.figures.signal_curves import plot_class_accuracy
from cnnapp.runs import RunFolder
from cnnapp.ui import pages
from cnnapp.ui.live.more_curves import CLASSES, NORM, RATE
from cnnapp.ui.live.pinned import pinned_rows
from tests.kit.app_pages import open_page, words
from tests.kit.written_runs import STEPS, write_run


@pytest.fixture(autouse=True)
def no_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs stay queued: no worker in these tests."""
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def write_watched(folder: RunFolder, epochs: int, *, loss: float = 2.5, accuracy: float = 0.1) -> None:
    """Write epochs of a run as a worker of this version tells them."""
    plan = runs.Plan("CPU", 1437, 160, folder.config.recipe.epochs, STEPS, batch_size=64, from_step=0)
    folder.emit("plan", **plan._asdict())
    rate = folder.config.recipe.learning_rate
    for epoch in range(1, epochs + 1):
        values = {"loss": [loss] * STEPS, "accuracy": [accuracy] * STEPS, "images_per_second": 18_200.0}
        first = (epoch - 1) * STEPS + 1
        folder.emit("steps", step=first, **values, gradient_norm=2.0 / epoch, learning_rate=rate)
        signals = {
            "class_accuracy": [0.9] * 3 + [0.25] + [0.8] * 6,
            "answered": [0.1] * 10,
            "dead_units": {"conv1": 0.0},
            "first_gradient": 0.01,
            "last_gradient": 0.02,
            "waiting": 0.0,
        }
        row = {"loss": loss, "accuracy": accuracy, "val_loss": loss, "val_accuracy": accuracy, "seconds": 0.1}
        folder.emit("epoch", epoch=epoch, step=epoch * STEPS, **row, learning_rate=rate, signals=signals)


def watched_run(epochs: int = 3, title: str = "watched", **settings: float) -> str:
    run = write_run("running", title=title, **settings)
    write_watched(runs.find(run), epochs)
    return run


def choose_curve(app: AppTest, run: str, curve: str) -> AppTest:
    app.session_state[f"more-{run}"] = curve
    app.run()
    assert not app.exception
    return app


# The doctor


def test_a_healthy_run_gets_one_quiet_line_after_three_epochs(home):
    write_run("running", epochs=2)
    assert "Doctor: watching" in words(open_page(pages.TRAIN))
    write_run("finished", epochs=2)
    assert "Doctor" not in words(open_page(pages.TRAIN))
    write_run("finished", epochs=3)
    assert "Doctor: healthy after 3 epochs" in words(open_page(pages.TRAIN))


def test_the_worst_is_named_in_one_line_and_its_repair_is_one_click(home):
    sick = watched_run(learning_rate=0.1)
    app = open_page(pages.TRAIN)
    assert "Doctor: **Learning rate too high**, serious" in words(app)
    (button,) = [button for button in app.button if button.label.startswith("Run again with learning rate")]
    assert button.label == r"Run again with learning rate 0\.001"
    button.click().run()
    assert not app.exception
    newest = runs.list_runs()[0]
    assert newest.run != sick
    assert newest.title == "watched, with learning rate 0.001"
    assert runs.find(newest.run).config.recipe.learning_rate == 0.001
    assert app.query_params["run"] == newest.run
    assert runs.get(sick).state == "running"


def test_evidence_is_told_when_it_is_asked_for(home):
    run = watched_run(learning_rate=0.1)
    app = open_page(pages.TRAIN)
    assert "guessing alone gives" not in words(app)
    app.session_state[f"doctor-{run}"] = True
    app.run()
    assert not app.exception
    assert r"guessing alone gives 2\.30" in words(app)


def test_a_long_title_leaves_room_for_what_was_changed(home):
    watched_run(title="x" * 100, learning_rate=0.1)
    app = open_page(pages.TRAIN)
    next(button for button in app.button if button.label.startswith("Run again with")).click().run()
    title = runs.list_runs()[0].title
    assert title.endswith("x, with learning rate 0.001")
    assert len(title) == 100


# The smaller curves


def test_nothing_more_is_drawn_until_it_is_chosen(home):
    run = watched_run()
    app = open_page(pages.TRAIN)
    assert len(app.get("vega_lite_chart")) == 2
    for curve, told in ((RATE, r"The learning rate is 0\.001"), (NORM, r"The gradient norm is 0\.667"), (CLASSES, "3")):
        choose_curve(app, run, curve)
        assert len(app.get("vega_lite_chart")) == 3
        assert told in words(app)
    assert r"Lowest: 3 with 25\.0 %" in words(app)


def test_a_run_of_an_older_version_says_why_there_is_nothing_to_draw(home):
    run = write_run("running", epochs=2)
    app = choose_curve(open_page(pages.TRAIN), run, NORM)
    assert "of a run of this version of the app" in words(app)
    assert len(app.get("vega_lite_chart")) == 2


@pytest.mark.parametrize("curve", [RATE, NORM, CLASSES])
def test_all_curves_of_a_long_run_together_are_cheap_to_send(home, curve):
    run = watched_run(300)
    app = choose_curve(open_page(pages.TRAIN), run, curve)
    assert sum(chart.proto.ByteSize() for chart in app.get("vega_lite_chart")) <= 20_000


def test_each_class_keeps_its_colour():
    chart = plot_class_accuracy([compute_curve(name, [1], [0.5]) for name in ("cat", "dog")])
    scale = chart["encoding"]["color"]["scale"]
    assert scale["domain"] == ["cat", "dog"]
    assert len(set(scale["range"])) == 2


# Pinned images


def test_the_pinned_images_show_as_many_classes_as_there_is_room_for():
    labels = np.array([1, 0, 0, 1, 2, 2, 0], np.int32)
    assert pinned_rows(labels, 5) == [1, 0, 4, 2, 3]
    assert pinned_rows(np.arange(20, dtype=np.int32)) == list(range(8))
    assert pinned_rows(labels) == [1, 0, 4, 2, 3, 5, 6]
