"""The Train page's form: what it shows of a recipe, and what Start makes of it."""

import errno
import os
import re
from pathlib import Path

import numpy as np
import pytest

from cnnapp import architectures, datasets, files, runs
from cnnapp.recipes import SCHEDULES, SETTINGS, Choice, Recipe, Slider, Switch, list_settings
from cnnapp.settings import settings
from cnnapp.ui import pages
from cnnapp.ui.experiment.setting_widgets import as_shown
from tests.kit.app_pages import find_button, open_page, press, words
from tests.kit.written_runs import write_run
from tests.ui.live.test_page import charts, labels, progress


@pytest.fixture(autouse=True)
def no_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs stay queued: no worker in these tests."""
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def test_an_empty_library_says_what_to_press(home):
    app = open_page(pages.TRAIN)
    assert "No run yet. Press Start" in words(app)
    assert labels(app).count("Start") == 1
    assert not app.error


def test_the_form_shows_the_recipe_of_the_network(home):
    app = open_page(pages.TRAIN, network="cifar10_batchnorm")
    values = {box.label: box.value for box in [*app.number_input, *app.selectbox, *app.slider, *app.toggle]}
    assert (values["Epochs"], values["Batch size"], values["Optimiser"]) == (12, 32, "adam")
    assert (values["Validation share"], values["Early stopping"]) == (0.1, False)


def test_start_queues_the_run_that_the_form_describes(home):
    app = open_page(pages.TRAIN, dataset="x_or_o", network="first_cnn")
    app.number_input(key="first_cnn.epochs").set_value(3)
    app.number_input(key="first_cnn.learning_rate").set_value(0.01)
    app.selectbox(key="first_cnn.optimizer").select("sgd")
    app.text_input(key="run_title").set_value("by hand")
    app.run()
    press(app, "Start")
    assert not app.exception
    (run,) = runs.list_runs()
    recipe = runs.find(run.run).config.recipe
    assert (run.title, run.dataset, run.architecture, run.state) == ("by hand", "x_or_o", "first_cnn", "queued")
    assert (recipe.epochs, recipe.learning_rate, recipe.optimizer) == (3, 0.01, "sgd")
    assert recipe.augmentation.shear == 0.2  # what was not touched is the recipe's
    assert app.query_params["run"] == run.run
    assert "Queued: starts in a moment" in progress(app)


def test_a_queued_run_names_what_it_waits_for(home):
    write_run("running", title="the one under way")
    first = runs.enqueue(runs.configure("digits", "lenet5"), "first in line")
    second = runs.enqueue(runs.configure("digits", "lenet5"), "second in line")
    assert "starts when “the one under way” has ended" in progress(open_page(pages.TRAIN, run=first))
    assert "starts after “first in line”" in progress(open_page(pages.TRAIN, run=second))


def test_start_says_what_becomes_of_the_run(home, monkeypatch):
    app = open_page(pages.TRAIN, network="lenet5")
    press(app, "Start")
    assert "Queued" in app.toast[0].value

    def start_all() -> None:
        for run in runs.waiting():
            runs.find(run).transition("starting", allowed={"queued"})

    monkeypatch.setattr("cnnapp.runs.submitting.schedule", start_all)
    next(box for box in app.number_input if box.label == "Epochs").set_value(3).run()
    press(app, "Start")
    assert "Started" in app.toast[0].value


def test_start_pressed_again_before_the_run_has_begun_is_one_run(home):
    app = open_page(pages.TRAIN, network="lenet5")
    for _ in range(3):
        press(app, "Start")
    assert len(runs.list_runs()) == 1
    assert "started already" in app.toast[0].value


def test_start_pressed_again_with_other_settings_or_after_a_stop_is_another_run(home):
    app = open_page(pages.TRAIN, network="lenet5")
    press(app, "Start")
    next(box for box in app.number_input if box.label == "Epochs").set_value(3).run()
    press(app, "Start")
    assert len(runs.list_runs()) == 2
    runs.stop(app.query_params["run"])
    press(app, "Start")
    assert len(runs.list_runs()) == 3


@pytest.mark.parametrize(
    ("error", "sentence"), [(errno.EROFS, "The library cannot be written here"), (errno.ENOSPC, "The disk .* is full")]
)
def test_start_on_a_disk_that_takes_nothing_is_one_sentence_and_leaves_no_run(home, monkeypatch, error, sentence):
    app = open_page(pages.TRAIN, network="lenet5")

    def refuse(*_arguments, **_options):
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", refuse)
        press(app, "Start")
    assert not app.exception
    assert [bool(re.match(sentence, shown.value)) for shown in app.error] == [True]
    assert runs.list_runs() == []
    find_button(app, "Start").click().run()  # there is room again
    assert [run.state for run in runs.list_runs()] == ["queued"]


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_schedule_can_be_chosen(home, kind):
    app = open_page(pages.TRAIN)
    app.selectbox(key="lenet5.schedule").select(kind).run()
    press(app, "Start")
    assert not app.exception
    assert runs.find(runs.list_runs()[0].run).config.recipe.schedule.kind == kind


def another(name: str):
    """Another value of a setting than the one of lenet5's recipe."""
    value = getattr(architectures.get("lenet5").recipe, name)
    match SETTINGS[name].control:
        case Switch(on, off):
            return off if value == on else on
        case Choice(words):
            return next(choice for choice in words if choice != value)
        case Slider(low, _, step):
            return low + 2 * step
        case _:
            return value + 1 if isinstance(value, int) else value * 2 or 0.5


OTHERS = {name: another(name) for name, row in list_settings(Recipe).items() if row.place} | {
    "schedule": {"kind": "steps", "after_epochs": (2, 4), "multiplier": 0.5},
    "early_stopping": {"monitor": "val_accuracy", "patience": 4},
    "augmentation": {"zoom": 0.2},
}


def test_every_setting_goes_from_a_run_into_the_form_and_from_there_into_another(home):
    run = runs.submit(runs.configure("digits", "lenet5", **OTHERS), "first")
    recipe, usual = runs.find(run).recipe, architectures.get("lenet5").recipe
    same = [name for name in Recipe.model_fields if getattr(recipe, name) == getattr(usual, name)]
    assert same == ["fine_tuning"], "it has tests of its own"
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    app.session_state["begin-from"] = run
    app.run()
    assert app.selectbox(key="lenet5.start").value == "", "random weights: that run has none yet"
    press(app, "Start")
    assert not app.exception
    assert runs.find(runs.list_runs()[0].run).config.recipe == recipe


def test_every_setting_that_is_chosen_goes_into_the_recipe(home):
    app = open_page(pages.TRAIN, network="lenet5")
    named = {}
    for kind in ("number_input", "selectbox", "slider", "toggle"):
        named |= {box.key: box for box in getattr(app, kind)}
    for name, row in SETTINGS.items():
        if row.place and name != "seed":
            named[f"lenet5.{name}"].set_value(as_shown(row, OTHERS[name]))
    app.run()
    press(app, "Start")
    recipe = runs.find(runs.list_runs()[0].run).config.recipe
    chosen = {name: getattr(recipe, name) for name, row in list_settings(Recipe).items() if row.place}
    assert chosen == {name: OTHERS[name] for name in chosen}


def test_another_network_shows_its_own_settings(home):
    app = open_page(pages.TRAIN)
    app.number_input(key="lenet5.epochs").set_value(3).run()
    network = next(box.key for box in app.selectbox if box.label == "Network")
    app.selectbox(key=network).select("dense").run()
    assert [box.value for box in app.number_input if box.label == "Epochs"] != [3]
    app.selectbox(key=network).select("lenet5").run()
    assert app.number_input(key="lenet5.epochs").value == 3


def test_settings_that_cannot_be_trained_are_one_sentence_and_nothing_else_is_lost(home):
    write_run("finished", epochs=2)
    app = open_page(pages.TRAIN)
    app.number_input(key="lenet5.batch_size").set_value(5000).run()
    assert not app.exception
    (error,) = app.error
    assert "Only 1437 images are left for training, fewer than the batch size of 5000" in error.value
    assert find_button(app, "Start").disabled
    assert charts(app) == 2
    press(app, "Use batches of 256")
    assert app.number_input(key="lenet5.batch_size").value == 256
    assert not find_button(app, "Start").disabled


def test_an_empty_validation_share_is_one_sentence(home):
    pixels = np.random.default_rng(0).integers(0, 255, (10, 32, 32), np.uint8)
    path = settings().inbox / "few.npz"
    path.parent.mkdir(parents=True)
    half = np.arange(10) % 2
    np.savez(path, x_train=pixels[:8], y_train=half[:8], x_test=pixels[8:], y_test=half[8:])
    job = datasets.request_import(path, "few")
    while datasets.get_job(job).live:
        pass
    app = open_page(pages.TRAIN, dataset="few")
    app.number_input(key="lenet5.batch_size").set_value(4)
    app.slider(key="lenet5.validation_share").set_value(0.05).run()
    (error,) = app.error
    assert "of 8 training images is no image at all" in error.value
    assert find_button(app, "Start").disabled


def test_a_data_set_that_is_not_here_sends_to_its_page(home):
    app = open_page(pages.TRAIN, dataset="cifar10")
    assert "is not downloaded" in words(app)
    assert find_button(app, "Start").disabled
    assert not app.error


@pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
def test_an_untouched_form_is_the_networks_recipe(home, network):
    app = open_page(pages.TRAIN, dataset="shapes", network=network.key)
    assert not app.exception
    assert "Differs from" not in words(app)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("batch_size", 100_000, "Batch size must be at most 65536, but is 100000"),
        ("epochs", 999_999, "Epochs must be at most 10000"),
        ("learning_rate", 0.0, "Learning rate must be above 0"),
    ],
)
def test_a_number_out_of_range_is_told_in_words_and_never_replaced_silently(home, field, value, sentence):
    app = open_page(pages.TRAIN)
    app.number_input(key=f"lenet5.{field}").set_value(value).run()
    (error,) = app.error
    assert sentence in error.value
    assert find_button(app, "Start").disabled
    assert app.number_input(key=f"lenet5.{field}").value == value


def test_what_differs_from_the_recipe_is_named_and_can_be_taken_back(home):
    app = open_page(pages.TRAIN)
    assert "Differs from" not in words(app)
    app.number_input(key="lenet5.learning_rate").set_value(10.0).run()
    assert "Differs from this network's recipe: learning rate." in words(app)
    press(app, "Back to the recipe")
    assert app.number_input(key="lenet5.learning_rate").value == 0.001
    assert "Differs from" not in words(app)
