"""Fine-tuning in the Train page's form."""

import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.ui import pages
from cnnapp.ui.kit.feedback import escape
from tests.kit.app_pages import open_page, press
from tests.kit.written_runs import write_run
from tests.runs.test_fine_tuning import save_network


@pytest.fixture
def base(home, monkeypatch) -> str:
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)  # no worker in these tests
    run = write_run("finished", epochs=2, title="the base")
    save_network(run)
    return run


def said(app: AppTest) -> str:
    return " ".join(block.value for block in [*app.caption, *app.info, *app.error])


def test_a_run_is_started_from_another_and_says_what_it_takes_over(base):
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    assert "Phase 1" not in said(app)
    app.selectbox(key="lenet5.start").select(base).run()
    assert escape("From the base: conv1 … softmax (5 layers) taken over; nothing is new") in said(app)
    app.selectbox(key="lenet5.from_layer").select("conv2")
    app.number_input(key="lenet5.head_epochs").set_value(4)
    app.number_input(key="lenet5.second_rate").set_value(0.0002).run()
    assert escape("Phase 2 (epochs 5–15): conv1 frozen, learning rate 0.0002.") in said(app)
    assert "then press Start" in said(app)
    press(app, "Start")
    assert "then press Start" not in said(app)
    config = runs.find(runs.list_runs()[0].run).config
    tuning = config.recipe.fine_tuning
    assert (tuning.run, tuning.from_layer, tuning.head_epochs, tuning.learning_rate) == (base, "conv2", 4, 0.0002)


def test_a_finished_run_offers_to_begin_another_with_it(base):
    app = open_page(pages.TRAIN, dataset="x_or_o", network="dense", run=base)
    press(app, "Fine-tune")
    assert app.query_params["network"] == "lenet5"
    assert app.selectbox(key="lenet5.start").value == base
    assert "Phase 1" in said(app)
    assert app.number_input(key="lenet5.epochs").value == runs.find(base).recipe.epochs
    press(app, "Start")
    assert runs.list_runs()[0].title == "x_or_o · lenet5 · fine-tuned from “the base”"


def test_a_run_that_is_deleted_before_the_form_takes_it_is_one_sentence(base):
    app = open_page(pages.TRAIN, dataset="x_or_o", network="dense")
    app.session_state["begin-from"] = "gone"
    app.run()
    assert not app.exception
    assert "gone" in app.error[0].value
    assert "Start" in [button.label for button in app.button]


def test_a_network_for_other_images_is_one_press_away_from_random_weights(base):
    app = open_page(pages.TRAIN, dataset="shapes", network="lenet5")
    app.selectbox(key="lenet5.start").select(base).run()
    assert "start from a run of images with 3 channels" in said(app)
    press(app, "Begin with random weights")
    assert app.selectbox(key="lenet5.start").value == ""
    assert not app.error


def test_what_does_not_fit_is_one_sentence_and_random_weights_are_one_press_away(base):
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    app.selectbox(key="lenet5.start").select(base).run()
    app.number_input(key="lenet5.head_epochs").set_value(99).run()
    assert "last layers alone learn for 99 epochs, but the run has 15 in all" in said(app)
    app.number_input(key="lenet5.head_epochs").set_value(3).run()
    press(app, "Back to the recipe")
    assert app.selectbox(key="lenet5.start").value == ""
    press(app, "Start")
    assert runs.find(runs.list_runs()[0].run).config.recipe.fine_tuning is None


def test_a_run_that_is_deleted_meanwhile_leaves_random_weights(base):
    app = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    app.selectbox(key="lenet5.start").select(base).run()
    runs.delete(base)
    app.run()
    assert not app.exception
    assert app.selectbox(key="lenet5.start").value == ""
    assert "Finished runs of this network are offered here, too." in said(app)
