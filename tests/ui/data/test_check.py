"""The view "Check" of the Data set page: findings, ticks, and the version that comes of them."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets import ImageRef
from cnnapp.datasets.quality import Finding
from cnnapp.ui import pages
from cnnapp.ui.data.changes import Collected, suggested
from cnnapp.ui.data.finding_images import PER_PAGE, _pages
from tests.kit.app_pages import find_button, open_page, press, words
from tests.kit.image_trees import as_folder, classes, take, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers

SHAPE = (32, 32, 3)
TRAIN = under("train", classes("ant", "*bee*", each=12, shape=SHAPE))
TEST = under("test", classes("ant", "*bee*", each=3, start=100, shape=SHAPE))
LEAK = {"test/ant/again.png": TRAIN["train/ant/7.png"]}


def open_check(name, **state):
    app = open_page(pages.DATASET, dataset=name, state=state)
    app.query_params["view"] = "Check"
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def leaky(home, tmp_path):
    """24 training and 7 test images, one of which is the same as one of the others."""
    return take(as_folder(tmp_path / "leaky", TRAIN | TEST | LEAK))


def check(name="taken"):
    ended = finish(datasets.request_check(name))
    assert ended.state == "finished", ended.message


def test_a_check_is_asked_for_and_a_clean_set_gets_an_all_clear(home, tmp_path):
    take(as_folder(tmp_path / "clean", TRAIN | TEST))
    app = open_check("taken")
    press(app, "Check the images")
    assert not app.exception
    assert find_button(app, "Check the images").disabled or app.success
    finish(datasets.jobs()[0].job)
    app.run()
    assert "Nothing was found" in app.success[0].value
    assert "All **30** images were looked at" in words(app)


def test_the_training_twin_of_a_leak_is_marked_and_a_version_without_it_becomes_the_chosen_set(leaky):
    check()
    app = open_check("taken")
    assert "In two parts at once · **1**" in app.radio[0].options[0]
    assert [box.value for box in app.checkbox] == [True, False]
    assert r"again\.png" in words(app)
    assert "**1 image left out.**" in words(app)
    press(app, "Make version 2")
    finish(datasets.jobs()[0].job)
    app.run()
    assert app.query_params["dataset"] == "taken-v2"
    assert datasets.info("taken-v2").train == 23
    assert "Version 2, made of “Taken”: 1 image left out" in words(app).replace("\\", "")


def test_marks_can_be_taken_back_and_images_given_another_class(leaky):
    check()
    app = open_check("taken")
    app.checkbox[0].uncheck().run()
    assert not any(found.label.startswith("Make version") for found in app.button)
    app.segmented_control(key="finding-mode").set_value("Change class").run()
    chosen = next(box for box in app.selectbox if box.key and box.key.startswith("class-"))
    chosen.select(1 - chosen.value).run()
    assert "**1 relabelled.**" in words(app)
    press(app, "Forget these changes")
    assert not any(found.label.startswith("Make version") for found in app.button)
    assert not app.exception


def test_a_class_is_renamed_without_any_check(leaky):
    app = open_check("taken")
    app.text_input(key=f"renamed-{leaky.digest[:16]}-0").set_value("wasp").run()
    assert "**1 class renamed.**" in words(app)
    press(app, "Make version 2")
    finish(datasets.jobs()[0].job)
    assert datasets.info("taken-v2").class_names == ("wasp", "ant")


def test_changes_that_would_empty_a_class_are_refused_in_place(leaky):
    check()
    app = open_check("taken")
    images = {ImageRef("train", row) for row in np.flatnonzero(leaky.train.labels == 0).tolist()}
    app.session_state[f"changes-{leaky.digest}"] = Collected(excluded=images, preselected=True)
    app.run()
    press(app, "Make version 2")
    assert "would be left" in app.error[0].value
    assert len(datasets.jobs()) == 1


def test_what_is_suggested_leaves_one_of_each():
    train, other, test = ImageRef("train", 1), ImageRef("train", 2), ImageRef("test", 1)
    pair = Finding(kind="exact duplicate", severity="check", sentence="", groups=((train, other),))
    leak = pair.model_copy(update={"kind": "leak", "groups": ((train, other, test),)})
    assert suggested(pair) == {other}
    assert suggested(leak) == {train, other}
    assert suggested(pair.model_copy(update={"kind": "dark"})) == {train, other}
    assert suggested(pair.model_copy(update={"kind": "conflict"})) == set()


def test_pages_hold_few_images_and_all_of_them():
    sizes = [1, 30, 2, 23, 24, 1]
    groups = tuple(
        tuple(ImageRef("train", 100 * place + row) for row in range(size)) for place, size in enumerate(sizes)
    )
    pages = list(_pages(groups))
    assert all(0 < sum(map(len, page)) <= PER_PAGE for page in pages)
    assert [image for page in pages for group in page for image in group] == [
        image for group in groups for image in group
    ]
