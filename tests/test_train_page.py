"""The Train page, from nothing there yet to every way in which a run can end."""

import errno
import os
import re
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import architectures, datasets, files, runs
from cnnapp.devices import Device
from cnnapp.runs import Plan
from cnnapp.settings import settings
from cnnapp.ui import live, pages
from cnnapp.ui.feedback import escape
from tests import app_pages
from tests.written_runs import STEPS, kill_worker, write_run


@pytest.fixture(autouse=True)
def no_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs stay queued: no worker in these tests."""
    monkeypatch.setattr(runs, "schedule", list)


def open_page(**query: str) -> AppTest:
    return app_pages.open_page(pages.TRAIN, **query)


def words(app: AppTest) -> str:
    return " ".join(block.value for block in [*app.markdown, *app.caption, *app.info, *app.warning])


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def button(app: AppTest, label: str):
    return next(found for found in app.button if found.label == label)


def progress(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


# The form


def test_an_empty_library_says_what_to_press(home):
    app = open_page()
    assert "No run yet. Press Start" in words(app)
    assert labels(app).count("Start") == 1
    assert not app.error


def test_the_form_shows_the_recipe_of_the_network(home):
    app = open_page(network="cifar10_batchnorm")
    values = {box.label: box.value for box in [*app.number_input, *app.selectbox, *app.slider, *app.toggle]}
    assert (values["Epochs"], values["Batch size"], values["Optimiser"]) == (12, 32, "adam")
    assert (values["Validation share"], values["Early stopping"]) == (0.1, False)


def test_start_queues_the_run_that_the_form_describes(home):
    app = open_page(dataset="x_or_o", network="first_cnn")
    app.number_input(key="first_cnn.epochs").set_value(3)
    app.number_input(key="first_cnn.learning_rate").set_value(0.01)
    app.selectbox(key="first_cnn.optimizer").select("sgd")
    app.text_input(key="run_title").set_value("by hand")
    app.run()
    button(app, "Start").click().run()
    assert not app.exception
    (run,) = runs.list_runs()
    recipe = runs.find(run.run).config.recipe
    assert (run.title, run.dataset, run.architecture, run.state) == ("by hand", "x_or_o", "first_cnn", "queued")
    assert (recipe.epochs, recipe.learning_rate, recipe.optimizer) == (3, 0.01, "sgd")
    assert recipe.augmentation.shear == 0.2  # what was not touched is the recipe's
    assert app.query_params["run"] == run.run
    assert "Queued" in progress(app)


def test_a_double_click_on_start_is_one_run_and_a_later_press_or_other_settings_another(home, monkeypatch):
    app = open_page(network="lenet5")
    for _ in range(2):
        button(app, "Start").click().run()
    assert len(runs.list_runs()) == 1
    next(box for box in app.number_input if box.label == "Epochs").set_value(3).run()
    button(app, "Start").click().run()
    assert len(runs.list_runs()) == 2
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    button(app, "Start").click().run()
    assert len(runs.list_runs()) == 3


@pytest.mark.parametrize(
    ("error", "sentence"), [(errno.EROFS, "The library cannot be written here"), (errno.ENOSPC, "The disk .* is full")]
)
def test_start_on_a_disk_that_takes_nothing_is_one_sentence_and_leaves_no_run(home, monkeypatch, error, sentence):
    app = open_page(network="lenet5")

    def refuse(*_arguments, **_options):
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", refuse)
        button(app, "Start").click().run()
    assert not app.exception
    assert [bool(re.match(sentence, shown.value)) for shown in app.error] == [True]
    assert runs.list_runs() == []
    button(app, "Start").click().run()  # there is room again
    assert [run.state for run in runs.list_runs()] == ["queued"]


@pytest.mark.parametrize("kind", ["steps", "exponential", "cosine", "one_cycle", "plateau"])
def test_every_schedule_can_be_chosen(home, kind):
    app = open_page()
    app.selectbox(key="lenet5.schedule").select(kind).run()
    button(app, "Start").click().run()
    assert not app.exception
    assert runs.find(runs.list_runs()[0].run).config.recipe.schedule.kind == kind


def test_switches_under_advanced_go_into_the_recipe(home):
    app = open_page()
    app.toggle(key="lenet5.class_weights").set_value(True)
    app.toggle(key="lenet5.deterministic").set_value(True).run()
    button(app, "Start").click().run()
    recipe = runs.find(runs.list_runs()[0].run).config.recipe
    assert (recipe.class_weights, recipe.deterministic) == ("balanced", True)


def test_another_network_shows_its_own_settings(home):
    app = open_page()
    app.number_input(key="lenet5.epochs").set_value(3).run()
    network = next(box.key for box in app.selectbox if box.label == "Network")
    app.selectbox(key=network).select("dense").run()
    assert [box.value for box in app.number_input if box.label == "Epochs"] != [3]
    app.selectbox(key=network).select("lenet5").run()
    assert app.number_input(key="lenet5.epochs").value == 3


def test_settings_that_cannot_be_trained_are_one_sentence_and_nothing_else_is_lost(home):
    write_run("finished", epochs=2)
    app = open_page()
    app.number_input(key="lenet5.batch_size").set_value(5000).run()
    assert not app.exception
    (error,) = app.error
    assert "Only 1437 images are left for training, fewer than the batch size of 5000" in error.value
    assert button(app, "Start").disabled
    assert charts(app) == 2
    button(app, "Use batches of 256").click().run()
    assert app.number_input(key="lenet5.batch_size").value == 256
    assert not button(app, "Start").disabled


def test_an_empty_validation_share_is_one_sentence(home):
    pixels = np.random.default_rng(0).integers(0, 255, (10, 32, 32), np.uint8)
    path = settings().inbox / "few.npz"
    path.parent.mkdir(parents=True)
    half = np.arange(10) % 2
    np.savez(path, x_train=pixels[:8], y_train=half[:8], x_test=pixels[8:], y_test=half[8:])
    job = datasets.request_import(path, "few")
    while datasets.get_job(job).live:
        pass
    app = open_page(dataset="few")
    app.number_input(key="lenet5.batch_size").set_value(4)
    app.slider(key="lenet5.validation_share").set_value(0.05).run()
    (error,) = app.error
    assert "of 8 training images is no image at all" in error.value
    assert button(app, "Start").disabled


def test_a_data_set_that_is_not_here_sends_to_its_page(home):
    app = open_page(dataset="cifar10")
    assert "is not downloaded" in words(app)
    assert button(app, "Start").disabled
    assert not app.error


# The panel


def test_a_run_that_starts_says_why_nothing_moves_yet(home):
    write_run("starting")
    assert "TensorFlow is loading" in progress(open_page())


def test_a_run_under_way_is_told_in_numbers_and_curves(home):
    run = write_run("running", title="my *run*", epochs=4)
    app = open_page()
    assert r"◐ my \*run\* · running on CPU" in words(app)
    assert progress(app) == "epoch 5/15 · step 92/345 · 18,200 images/s · 1 s left"
    assert charts(app) == 2
    assert escape("Training 87.5 %, validation 82.5 %: validation 5.0 points below training.") in words(app)
    assert app.query_params["run"] == run


def test_stop_asks_the_worker(home):
    run = write_run("running", epochs=1)
    app = open_page()
    button(app, "Stop").click().run()
    assert not app.exception
    assert runs.get(run).state == "stopping"
    assert runs.find(run).requested("stop")
    assert button(app, "Stop").disabled


def test_a_finished_run_shows_its_result_and_what_comes_next(home):
    write_run("finished", epochs=15)
    app = open_page()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Test accuracy": "97.4 %",
        "Validation, best epoch": "95.0 %",
        "Best epoch": "15 of 15",
        "Images per second": "18,200",
    }
    assert "epoch 15/15" in progress(app)
    assert "Stop" not in labels(app)
    assert [link.label for link in app.get("page_link")][:3] == ["Look inside →", "Predict with it →", "All runs →"]


def test_a_run_that_was_stopped_within_its_first_epoch_claims_no_best_one(home):
    run = write_run("stopped")
    folder = runs.find(run)
    folder.emit("plan", **Plan("CPU", 1437, 160, 15, STEPS, batch_size=64, from_step=0)._asdict())
    folder.emit("steps", step=1, loss=[2.0] * 5, accuracy=[0.4] * 5, learning_rate=0.001, images_per_second=900.0)
    folder.summarise(test_accuracy=0.7022, seconds=0.0)
    app = open_page()
    assert {metric.label: metric.value for metric in app.metric} == {"Test accuracy": "70.2 %"}
    assert progress(app) == "epoch 0/15 · step 5/345"


@pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
def test_an_untouched_form_is_the_networks_recipe(home, network):
    app = open_page(dataset="shapes", network=network.key)
    assert not app.exception
    assert "Differs from" not in words(app)


def test_a_failed_run_says_why(home):
    write_run("failed", epochs=2, message="The loss became nan at step 47 (epoch 3).")
    (error,) = open_page().error
    assert error.value == r"The loss became nan at step 47 \(epoch 3\)\."


def test_a_killed_worker_is_told_as_interrupted(home):
    run = write_run("running", epochs=2)
    kill_worker(run)
    app = open_page()
    assert "⚡" in words(app)
    assert "ended without a word" in app.error[0].value
    assert charts(app) == 2


def test_what_the_worker_wants_to_be_known_is_shown_literally(home):
    run = write_run("running", epochs=1)
    runs.find(run).emit("notice", message="Early *stopping*: val_loss")
    assert r"Early \*stopping\*: val\_loss" in words(open_page())


def test_a_gpu_that_is_not_used_is_a_warning(home, monkeypatch):
    monkeypatch.setattr(live, "find_device", lambda: Device("GPU", "NVIDIA H200", 1, 2))
    write_run("running", epochs=1)
    assert "but TensorFlow trains on the CPU" in open_page().warning[0].value


# The address


def test_the_address_names_the_run(home):
    older = write_run("finished", title="older", epochs=1)
    write_run("finished", title="newer", epochs=1)
    assert "older · finished" in words(open_page(run=older))
    assert "newer · finished" in words(open_page())


@pytest.mark.parametrize("asked", ["nope", "../../etc", "x" * 5000])
def test_an_unknown_run_gives_a_sentence_and_the_newest_one(home, asked):
    run = write_run("finished", epochs=1)
    app = open_page(run=asked)
    assert "from the address is not in this library" in app.warning[0].value
    assert app.query_params["run"] == run


def test_a_damaged_run_keeps_no_other_from_being_shown(home):
    bad = write_run("finished", title="bad", epochs=1)
    (runs.find(bad).path / "state.json").write_text("{")
    assert "No run yet" in words(open_page())
    write_run("finished", title="good", epochs=1)
    assert "good · finished" in words(open_page(run=bad))


def test_damaged_events_leave_a_page_that_works(home):
    run = write_run("finished", epochs=2)
    (runs.find(run).path / "events.jsonl").write_bytes(b"\x00\xff{]\n[1]\n")
    app = open_page()
    assert not app.error
    assert charts(app) == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("batch_size", 100_000, "Batch size must be at most 65536, but is 100000"),
        ("epochs", 999_999, "Epochs must be at most 10000"),
        ("learning_rate", 0.0, "Learning rate must be above 0"),
    ],
)
def test_a_number_out_of_range_is_told_in_words_and_never_replaced_silently(home, field, value, sentence):
    app = open_page()
    app.number_input(key=f"lenet5.{field}").set_value(value).run()
    (error,) = app.error
    assert sentence in error.value
    assert button(app, "Start").disabled
    assert app.number_input(key=f"lenet5.{field}").value == value


def test_what_differs_from_the_recipe_is_named_and_can_be_taken_back(home):
    app = open_page()
    assert "Differs from" not in words(app)
    app.number_input(key="lenet5.learning_rate").set_value(10.0).run()
    assert "Differs from this network's recipe: learning rate." in words(app)
    button(app, "Back to the recipe").click().run()
    assert app.number_input(key="lenet5.learning_rate").value == 0.001
    assert "Differs from" not in words(app)
