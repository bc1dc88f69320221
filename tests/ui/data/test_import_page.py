"""The Import page: what a source holds is shown, changed and asked before anything is stored."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.ui import pages
from tests.kit.app_pages import find_button, open_page, press, visit, words
from tests.kit.image_trees import as_zip, classes, png, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers
INTEL = (
    under("seg_train/seg_train", classes("ant", "bee", each=6))
    | under("seg_test/seg_test", classes("ant", "bee", each=2, start=50))
    | {f"seg_pred/seg_pred/{number}.png": png(90 + number) for number in range(3)}
)


@pytest.fixture
def inbox(home):
    (home / "inbox").mkdir(parents=True)
    return home / "inbox"


def take(app, file):
    """Choose a file of the inbox, which is read at once; return the reading's job."""
    app.selectbox(key="import-inbox-0").select(file).run()
    return settle(app)


def settle(app):
    """Wait for the reading that the page has asked for, and look again; return its job."""
    assert not app.exception
    job = app.query_params["reading"]
    finish(job)
    app.run()
    assert not app.exception
    return job


def imported(app, label):
    """Press Import and wait for the data set."""
    press(app, label)
    assert not app.error
    job = next(job for job in datasets.jobs() if job.kind == "import")
    assert finish(job.job).state == "finished"
    return datasets.load(job.name)


def test_the_tree_is_shown_and_a_folder_gets_another_role_before_anything_is_stored(inbox):
    as_zip(inbox / "intel.zip", INTEL)
    app = open_page(pages.IMPORT)
    first = take(app, "intel.zip")
    shown = words(app)
    assert r"intel\.zip: 19 files, read as: train / test folders" in shown
    assert r"**seg\_train/seg\_train** → training, 12 images" in shown
    assert r"**seg\_pred/seg\_pred** → left out, 3 files: its 3 pictures have no class" in shown
    assert "ant :gray[6]" in shown
    assert len(app.get("image")) == 5  # of two classes in two parts, and of what is left out
    app.selectbox(key=f"role-{first}-seg_pred/seg_pred").select("unlabelled").run()
    assert settle(app) != first
    assert r"**seg\_pred/seg\_pred** → unlabelled, 3 images" in words(app)
    assert not [info for info in datasets.infos() if info.name == "intel"]
    manifest = imported(app, "Import 16 images").manifest
    assert (manifest.train, manifest.test, manifest.unlabelled.count) == (12, 4, 3)
    assert visit(app, pages.DATASET).query_params["dataset"] == "intel"
    assert "**3** without a label" in words(app)


def test_a_reload_shows_the_reading_with_what_was_decided(inbox):
    as_zip(inbox / "intel.zip", INTEL)
    app = open_page(pages.IMPORT)
    take(app, "intel.zip")
    app.selectbox(key=f"role-{app.query_params['reading']}-seg_test/seg_test").select("validation").run()
    job = settle(app)
    datasets.keep_choices(job, datasets.reading_choices(job).model_copy(update={"group": "none"}))
    again = open_page(pages.IMPORT, reading=job)
    assert r"**seg\_test/seg\_test** → validation, 4 images" in words(again)
    assert datasets.reading_choices(job).group == "none"
    press(again, "Another file")
    assert "reading" not in again.query_params
    assert r"intel\.zip" not in words(again)


def test_what_only_a_person_can_decide_is_asked_before_import(inbox):
    files = under("red", classes("cat", "dog")) | under("blue", classes("cat", "dog", start=20))
    as_zip(inbox / "animals.zip", files)
    app = open_page(pages.IMPORT)
    take(app, "animals.zip")
    assert find_button(app, "Import").disabled
    assert "Answer the question above first" in words(app)
    app.radio[0].set_value("2").run()
    settle(app)
    assert not find_button(app, "Import").disabled
    assert imported(app, "Import 16 images").manifest.class_names == ("cat", "dog")


def test_a_range_of_values_is_asked_and_asked_again(inbox):
    images = np.random.default_rng(0).random((40, 8, 8), np.float32) * 3
    np.savez(inbox / "scans.npz", x_train=images, y_train=np.arange(40) % 2)
    app = open_page(pages.IMPORT)
    take(app, "scans.npz")
    assert find_button(app, "Import").disabled
    app.radio[0].set_value("0 to 255").run()
    settle(app)
    assert "Black and white are: **0 to 255**" in words(app)
    assert not find_button(app, "Import").disabled
    press(app, "Choose again")
    settle(app)
    assert find_button(app, "Import").disabled


def test_what_cannot_be_read_is_said_in_place_and_the_last_change_undone(inbox):
    as_zip(inbox / "intel.zip", INTEL)
    app = open_page(pages.IMPORT)
    take(app, "intel.zip")
    for folder in ("seg_test/seg_test", "seg_train/seg_train"):
        app.selectbox(key=f"role-{app.query_params['reading']}-{folder}").select("left out").run()
        settle(app)
    assert app.error[0].value.startswith(r"intel\.zip: ")
    assert app.selectbox(key="import-inbox-1")  # something else can be dropped right here
    press(app, "Undo the last change")
    assert not app.error
    assert r"**seg\_train/seg\_train** → training, 12 images" in words(app)


def test_an_address_that_is_refused_stays_in_the_form(home):
    app = open_page(pages.IMPORT)
    app.segmented_control(key="import-from").set_value("Address").run()
    app.text_input(key="import-address").set_value("http://127.0.0.1/photos.zip")
    press(app, "Read it")
    settle(app)
    assert "private network" in app.error[0].value
    assert app.text_input(key="import-address").value == "http://127.0.0.1/photos.zip"


def test_a_name_in_use_is_not_proposed_and_a_refused_one_is_told_beside_the_form(inbox):
    as_zip(inbox / "digits.zip", classes("ant", "bee"))
    app = open_page(pages.IMPORT)
    job = take(app, "digits.zip")
    name = app.text_input(key=f"name-{job}")
    assert name.value == "digits 2"
    name.set_value("digits").run()
    press(app, "Import 8 images")
    assert "comes with the app" in app.error[0].value
    assert [kept.kind for kept in datasets.jobs()] == ["reading"]


def test_size_and_colour_are_set_under_advanced_without_reading_again(inbox):
    files = under("train", classes("ant", "bee", each=2)) | under("val", classes("ant", "bee", each=2, start=9))
    as_zip(inbox / "photos.zip", files | under("test", classes("ant", "bee", each=2, start=30)))
    app = open_page(pages.IMPORT)
    job = take(app, "photos.zip")
    app.session_state[f"advanced-{job}"] = True
    app.run()
    app.selectbox(key=f"images-{job}-size").select(16).run()
    app.selectbox(key=f"images-{job}-colour").select("grey").run()
    app.selectbox(key=f"group-{job}-kind").select("none").run()
    assert app.query_params["reading"] == job
    manifest = imported(app, "Import 12 images").manifest
    assert (manifest.image_shape, manifest.validation) == ((16, 16, 1), 4)


def test_a_reading_that_is_gone_is_told(home):
    app = open_page(pages.IMPORT, reading="reading-20200101-000000-abcd")
    assert "no longer kept" in app.warning[0].value
    assert app.segmented_control(key="import-from")
