"""Train, when the form is set to one experiment and the run below is of another; long names in its pickers."""

import pytest

from cnnapp import runs
from cnnapp.ui import pages
from cnnapp.ui.kit.words import cut_middle
from tests.kit.app_pages import open_page


@pytest.fixture(autouse=True)
def no_worker(home, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def submit(dataset, network="lenet5"):
    return runs.enqueue(runs.configure(dataset, network))


def picker(app, label):
    return next(box for box in app.selectbox if box.label == label)


def told(app):
    return [info.value for info in app.info if info.value.startswith("The run below")]


def offers(app):
    return [button for button in app.button if button.label.startswith("Show the newest run")]


def test_nothing_is_said_while_form_and_run_agree():
    submit("digits")
    assert told(open_page(pages.TRAIN)) == []


def test_a_run_of_another_data_set_is_told_apart_from_the_form():
    submit("x_or_o")
    app = open_page(pages.TRAIN)
    assert told(app) == [
        "The run below is of **X or O** with lenet5. The form is set to Handwritten digits with lenet5."
    ]
    assert offers(app) == []  # there is none


def test_the_newest_run_that_fits_the_form_is_one_press_away():
    fitting, other = submit("x_or_o"), submit("digits")
    app = open_page(pages.TRAIN)
    picker(app, "Data set").select("x_or_o").run()
    assert app.query_params["run"] == other
    (offer,) = offers(app)
    assert offer.label == "Show the newest run of X or O with lenet5"
    offer.click().run()
    assert app.query_params["run"] == fitting
    assert told(app) == []


def test_another_network_is_another_experiment_too():
    submit("digits", "first_cnn")
    assert "with first\\_cnn" in told(open_page(pages.TRAIN))[0]


def test_a_name_that_the_box_has_no_room_for_is_shown_without_the_title():
    options = picker(open_page(pages.TRAIN), "Data set").options
    assert "x_or_o · X or O" in options
    assert "digits" in options  # "digits · Handwritten digits" would be cut
    assert max(map(len, options)) <= 22


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        ("flowers", 7, "flowers"),
        ("flowers", 6, "flo…rs"),
        ("flowers-of-the-garden-v2", 14, "flowers…den-v2"),
        ("flowers of the garden", 16, "flowers…garden"),
    ],
)
def test_long_names_keep_their_ends(text, room, cut):
    assert cut_middle(text, room) == cut
    assert len(cut) <= room
