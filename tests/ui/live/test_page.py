"""The Train page's panel of a run, from its start to every way in which it can end, and the page's address."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.devices import Device
from cnnapp.runs import Plan
from cnnapp.ui import pages
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.live import head, panel
from tests.kit.app_pages import find_button, open_page, press, words
from tests.kit.written_runs import STEPS, kill_worker, write_epochs, write_run


@pytest.fixture(autouse=True)
def no_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs stay queued: no worker in these tests."""
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def progress(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


# The panel


def test_a_run_that_starts_says_why_nothing_moves_yet(home):
    write_run("starting")
    assert "TensorFlow is loading" in progress(open_page(pages.TRAIN))


def test_a_run_under_way_is_told_in_numbers_and_curves(home):
    run = write_run("running", title="my *run*", epochs=4)
    app = open_page(pages.TRAIN)
    assert r"◐ my \*run\* · running on CPU" in words(app)
    assert progress(app).startswith("epoch 5/15 · step 92/345 · 18,200 images/s · 1 s left · ")
    assert charts(app) == 2
    assert escape("Training 87.5 %, validation 82.5 %: validation 5.0 points below training.") in words(app)
    assert app.query_params["run"] == run


def test_chart_options_change_the_curves(home):
    run = write_run("running", epochs=2)
    app = open_page(pages.TRAIN)

    def loss_axis() -> str:
        return "log" if '"log"' in app.get("vega_lite_chart")[0].proto.spec else "linear"

    assert loss_axis() == "linear"
    app.toggle(key=f"log-{run}").set_value(True).run()
    assert not app.exception
    assert loss_axis() == "log"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: folder.summarise(epochs=1),  # there is a network to look into
        lambda folder: folder.emit("notice", message="Early stopping."),
        lambda folder: runs.stop(folder.name),
    ],
)
def test_a_tick_that_finds_something_new_around_the_curves_runs_the_whole_page_again(home, monkeypatch, change):
    folder = runs.find(write_run("running"))
    monkeypatch.setattr(panel, "FRESH_SECONDS", 0.0)
    shown = []
    monkeypatch.setattr(panel, "show_head", lambda summary, _: shown.append(summary.state))

    def change_once(*_: object) -> None:
        """Between the page's own part and the part that ticks."""
        if len(shown) == 1:
            change(folder)

    monkeypatch.setattr(panel, "show_result", change_once)
    app = open_page(pages.TRAIN)
    assert not app.exception
    assert len(shown) == 2


def test_a_tick_that_finds_nothing_new_around_the_curves_leaves_the_page(home, monkeypatch):
    folder = runs.find(write_run("running", epochs=1))
    shown = []
    monkeypatch.setattr(panel, "show_head", lambda summary, _: shown.append(summary.state))
    monkeypatch.setattr(panel, "show_result", lambda *_: write_epochs(folder, 2))
    assert not open_page(pages.TRAIN).exception
    assert len(shown) == 1


def test_a_tick_that_finds_its_run_deleted_has_the_page_show_another(home, monkeypatch):
    left, gone = write_run("finished", epochs=1), runs.find(write_run("running", epochs=1))
    monkeypatch.setattr(panel, "FRESH_SECONDS", 0.0)
    show_result = panel.show_result

    def show_and_delete(summary: runs.RunSummary, history: runs.History) -> None:
        """Between the page's own part and the part that ticks."""
        show_result(summary, history)
        if summary.run == gone.name:
            shutil.rmtree(gone.path)

    monkeypatch.setattr(panel, "show_result", show_and_delete)
    app = open_page(pages.TRAIN)
    assert app.query_params["run"] == left
    assert not app.error


def test_doors_into_a_network_open_with_its_first_epoch(home):
    folder = runs.find(write_run("running"))

    def closed() -> list[bool]:
        return [link.proto.disabled for link in open_page(pages.TRAIN).get("page_link")]

    assert closed() == [True, True, False]
    folder.summarise(epochs=1)
    assert closed() == [False, False, False]


def test_a_run_under_way_is_adjusted_from_the_rate_that_is_in_force(home):
    run = write_run("running", epochs=1)
    runs.set_learning_rate(run, 0.0002)
    (field,) = [field for field in open_page(pages.TRAIN).number_input if field.label == "Learning rate from now on"]
    assert field.value == 0.0002


def test_stop_asks_the_worker(home):
    run = write_run("running", epochs=1)
    app = open_page(pages.TRAIN)
    press(app, "Stop")
    assert not app.exception
    assert runs.get(run).state == "stopping"
    assert runs.find(run).requested("stop")
    assert find_button(app, "Stop").disabled


def test_a_finished_run_shows_its_result_and_what_comes_next(home):
    write_run("finished", epochs=15)
    app = open_page(pages.TRAIN)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Test accuracy": "97.4 %",
        "Validation, best epoch": "95.0 %",
        "Best epoch": "15 of 15",
        "Images per second": "18,200",
    }
    assert "epoch 15/15" in progress(app)
    assert "Stop" not in labels(app)
    assert [link.label for link in app.get("page_link")][:3] == ["Look inside →", "Predict with it →", "All runs →"]


@pytest.mark.parametrize("state", ["queued", "running", "paused", "interrupted"])
def test_what_a_run_had_reached_before_it_went_on_is_not_told_as_its_result(home, state):
    runs.find(write_run(state, epochs=15)).summarise(test_accuracy=0.974, val_accuracy=0.95)
    assert not open_page(pages.TRAIN).metric


def test_a_run_that_was_stopped_within_its_first_epoch_claims_no_best_one(home):
    run = write_run("stopped")
    folder = runs.find(run)
    folder.emit("plan", **Plan("CPU", 1437, 160, 15, STEPS, batch_size=64, from_step=0)._asdict())
    folder.emit("steps", step=1, loss=[2.0] * 5, accuracy=[0.4] * 5, learning_rate=0.001, images_per_second=900.0)
    folder.summarise(test_accuracy=0.7022, seconds=0.0)
    app = open_page(pages.TRAIN)
    assert {metric.label: metric.value for metric in app.metric} == {"Test accuracy": "70.2 %"}
    assert progress(app) == "epoch 0/15 · step 5/345"


def test_a_failed_run_says_why(home):
    write_run("failed", epochs=2, message="The loss became nan at step 47 (epoch 3).")
    (error,) = open_page(pages.TRAIN).error
    assert error.value == r"The loss became nan at step 47 \(epoch 3\)\."


def test_a_killed_worker_is_told_as_interrupted(home):
    run = write_run("running", epochs=2)
    kill_worker(run)
    app = open_page(pages.TRAIN)
    assert "⚡" in words(app)
    assert "ended without a word" in app.error[0].value
    assert charts(app) == 2


def test_what_the_worker_wants_to_be_known_is_shown_literally(home):
    run = write_run("running", epochs=1)
    runs.find(run).emit("notice", message="Early *stopping*: val_loss")
    assert r"Early \*stopping\*: val\_loss" in words(open_page(pages.TRAIN))


def test_a_gpu_that_is_not_used_is_a_warning(home, monkeypatch):
    monkeypatch.setattr(head, "find_device", lambda: Device("GPU", "NVIDIA H200", 1, 2))
    write_run("running", epochs=1)
    assert "but TensorFlow trains on the CPU" in open_page(pages.TRAIN).warning[0].value


# The address


def test_the_address_names_the_run(home):
    older = write_run("finished", title="older", epochs=1)
    write_run("finished", title="newer", epochs=1)
    assert "older · finished" in words(open_page(pages.TRAIN, run=older))
    assert "newer · finished" in words(open_page(pages.TRAIN))


@pytest.mark.parametrize("asked", ["nope", "../../etc", "x" * 5000])
def test_an_unknown_run_gives_a_sentence_and_the_newest_one(home, asked):
    run = write_run("finished", epochs=1)
    app = open_page(pages.TRAIN, run=asked)
    assert "from the address is not in this library" in app.warning[0].value
    assert app.query_params["run"] == run


def test_a_damaged_run_keeps_no_other_from_being_shown(home):
    bad = write_run("finished", title="bad", epochs=1)
    (runs.find(bad).path / "state.json").write_text("{")
    assert "No run yet" in words(open_page(pages.TRAIN))
    write_run("finished", title="good", epochs=1)
    assert "good · finished" in words(open_page(pages.TRAIN, run=bad))


def test_damaged_events_leave_a_page_that_works(home):
    run = write_run("finished", epochs=2)
    (runs.find(run).path / "events.jsonl").write_bytes(b"\x00\xff{]\n[1]\n")
    app = open_page(pages.TRAIN)
    assert not app.error
    assert charts(app) == 0
