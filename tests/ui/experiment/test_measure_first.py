"""Measure first on the Train page, with results as a worker leaves them."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.runs import probes
from cnnapp.runs.probes import ProbeFolder, RangeResult
from cnnapp.settings import settings
from cnnapp.ui import pages
from tests.kit.app_pages import find_button, open_page, press, words
from tests.runs.test_preflight import FOUND, with_speeds
from tests.ui.live.test_page import labels

RANGE = RangeResult(
    device="CPU",
    rates=tuple(np.geomspace(1e-7, 10, 60).tolist()),
    losses=(2.3,) * 30 + tuple(np.linspace(2.3, 0.5, 20).tolist()) + (9.0,) * 10,
    smooth=(2.3,) * 30 + tuple(np.linspace(2.3, 0.5, 20).tolist()) + (3.0,) * 10,
    proposed=0.003,
    seconds=3.0,
)


@pytest.fixture(autouse=True)
def no_worker(home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes stay queued until a test ends them."""
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def end(probe: str, result: Any = None, state: str = "finished", message: str = "") -> None:
    folder = ProbeFolder(settings().probes_dir / probe)
    if result is not None:
        folder.put_result(result.model_dump(mode="json"))
    folder.transition(state, allowed={"queued"}, message=message)


def measured(kind: str, result: Any, **changes) -> AppTest:
    end(probes.enqueue(kind, runs.configure("digits", "lenet5", **changes)), result)
    return open_page(pages.TRAIN, dataset="digits", network="lenet5")


def test_a_probe_is_asked_for_watched_and_called_off(home):
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    press(app, "Find a learning rate")
    (folder,) = settings().probes_dir.iterdir()
    assert probes.get(folder.name).kind == "range"
    assert "Find a learning rate" not in labels(app)
    press(app, "Cancel")
    assert probes.get(folder.name).state == "stopped"
    app.run()
    assert "Find a learning rate" in labels(app)


def test_the_proposed_rate_is_put_into_the_form(home):
    app = measured("range", RANGE)
    assert "0.003 is proposed" in words(app).replace("\\", "")
    press(app, "Use 0.003")
    assert not app.exception
    assert app.number_input(key="lenet5.learning_rate").value == 0.003
    assert find_button(app, "Use 0.003").disabled


def test_start_makes_room_for_the_run(home):
    app = measured("range", RANGE)
    app.session_state["measure-first"] = True
    app.run()
    press(app, "Start")
    assert not app.exception
    assert app.session_state["measure-first"] is False


def test_a_range_test_without_a_fall_proposes_nothing(home):
    app = measured("range", RANGE.model_copy(update={"proposed": None}))
    assert "did not fall at any learning rate" in words(app)
    assert not [label for label in labels(app) if label.startswith("Use ")]


def test_what_failed_is_told_and_can_be_tried_again(home):
    end(probes.enqueue("range", runs.configure("digits", "lenet5")), state="failed", message="Memory ran out: try 32.")
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    assert "Memory ran out: try 32" in words(app).replace("\\", "")
    assert "Try again" in labels(app)


def test_the_fastest_mode_is_chosen_once_the_check_has_ended(home):
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    press(app, "Check time and memory")
    (folder,) = settings().probes_dir.iterdir()
    end(folder.name, with_speeds(1800.0, 900.0))
    app.run()
    assert not app.exception
    assert app.selectbox(key="lenet5.precision").value == "mixed_bfloat16"
    assert [metric.label for metric in app.metric] == ["Time to the end", "Memory", "Largest batch"]
    app.selectbox(key="lenet5.precision").select("float32").run()  # theirs is the last word
    app.run()
    assert app.selectbox(key="lenet5.precision").value == "float32"


def test_a_check_that_somebody_else_asked_for_changes_no_form(home):
    app = measured("preflight", with_speeds(1800.0, 900.0))
    assert app.selectbox(key="lenet5.precision").value == "float32"
    assert app.metric[0].value == "≈ 80 s"  # 15 epochs of 5.2 s, first step and test


def test_what_does_not_fit_is_told_before_start_with_a_batch_that_does(home):
    app = measured("preflight", FOUND.model_copy(update={"memory_bytes": 9_000_000_000}))
    assert app.error[0].value.replace("\\", "").startswith("At a batch size of 64 this run needs about 9.0 GB")
    press(app, "Use batches of 1024")
    assert app.number_input(key="lenet5.batch_size").value == 1024


def test_a_long_run_is_told_in_hours(home):
    end(probes.enqueue("preflight", runs.configure("digits", "lenet5")), FOUND)
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    app.number_input(key="lenet5.epochs").set_value(5000).run()
    assert any("about 7 h" in warning.value for warning in app.warning)
