"""The Data set page: choosing, preparing, importing, deleting."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.ui import pages
from tests.kit.app_pages import find_button, open_page, press, words
from tests.kit.image_trees import as_zip, classes, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers


def small_npz(path):
    images = np.random.default_rng(0).random((50, 8, 8), np.float32)
    labels = np.arange(50) % 2
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=images, y_train=labels, class_names=np.array(["*ant*", "bee"]))
    return path


def test_a_prepared_set_is_told_in_numbers(home):
    datasets.ensure("digits")
    app = open_page(pages.DATASET, dataset="digits")
    assert "**1,437** train · **160** validation · **200** test · **10** classes · **32×32×1**" in words(app)
    assert "No training sees the 200 test images" in words(app)
    assert not app.error
    target = app.dataframe[0].value.iloc[0]
    assert target.sum() == 1
    assert f"Label **{target.idxmax()}**" in words(app)


def test_a_bundled_set_is_prepared_when_it_is_opened(home):
    app = open_page(pages.DATASET, dataset="digits-8")
    assert "preparing" in words(app) or app.get("progress")
    job = datasets.info("digits-8").job
    finish(job)
    app.run()
    assert "**1,437** train" in words(app)


def test_another_size_is_prepared_and_chosen(home):
    datasets.ensure("digits")
    app = open_page(pages.DATASET, dataset="digits")
    app.selectbox(key="size-digits").select(8).run()
    assert not app.exception
    assert app.query_params["dataset"] == "digits-8"
    for job in datasets.jobs():
        finish(job.job)
    app.run()
    assert "**8×8×1**" in words(app)


def test_a_download_says_its_size_before_it_starts(home):
    app = open_page(pages.DATASET, dataset="cifar10")
    assert find_button(app, "Download 170 MB from the internet")
    assert "not on this machine yet" in words(app)
    assert not datasets.jobs()


def test_a_damaged_set_says_so_and_can_be_deleted(home):
    datasets.ensure("digits-8")
    (home / "datasets" / "digits-8" / "train_images.npy").write_bytes(b"")
    app = open_page(pages.DATASET, dataset="digits-8")
    assert "is damaged" in app.error[0].value
    press(app, "Delete …")
    press(app, "Delete")
    assert not app.exception


def test_a_file_of_the_inbox_becomes_a_data_set(home):
    small_npz(home / "inbox" / "My bugs.npz")
    datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8")
    app.selectbox(key="import-inbox-0").select("My bugs.npz").run()
    assert "**50** training images, from which a test part will be taken, of 8×8×1" in words(app)
    assert app.text_input[0].value == "My bugs"
    press(app, "Import")
    assert not app.exception
    finish(datasets.jobs()[0].job)
    app.run()
    assert app.query_params["dataset"] == "my-bugs"
    shown = words(app) + " ".join(info.value for info in app.info)
    assert "8 of its 50 images were set apart" in shown
    assert "50 images converted" in shown
    assert r"Label **\*ant\***" in shown


def test_an_archive_of_images_becomes_a_data_set_with_its_own_validation_part(home):
    files = {"train/ant/notes.txt": b"text"}
    for part in ("train", "val", "test"):
        files |= under(part, classes("ant", "bee", each=2))
    (home / "inbox").mkdir(parents=True)
    as_zip(home / "inbox" / "photos.zip", files)
    datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8")
    app.selectbox(key="import-inbox-0").select("photos.zip").run()
    app.selectbox(key="import-size").select(16)
    app.selectbox(key="import-colour").select("grey")
    press(app, "Import")
    finish(datasets.jobs()[0].job)
    app.run()
    assert not app.exception
    assert "**4** train · **4** validation · **4** test · **2** classes · **16×16×1**" in words(app)
    assert "has 4 images of its own for validation" in words(app)
    assert any(expander.label == "One file was left out" for expander in app.expander)
    app.segmented_control(key="samples-of-3").set_value("validation").run()
    assert not app.exception


def test_an_address_that_is_refused_stays_in_the_form(home):
    datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8")
    app.segmented_control(key="import-from").set_value("Address").run()
    app.text_input(key="import-address").set_value("http://127.0.0.1/photos.zip").run()
    assert app.text_input(key="import-name-photos").value == "photos"
    press(app, "Import")
    finish(datasets.jobs()[0].job)
    app.run()
    assert "private network" in app.error[0].value
    assert app.text_input(key="import-address").value == "http://127.0.0.1/photos.zip"


def test_a_failed_import_says_why_and_can_be_dismissed(home):
    datasets.ensure("digits-8")
    job = datasets.request_import(b"nothing", "bad")
    finish(job)
    app = open_page(pages.DATASET, dataset="digits-8", state={"dataset_job": job})
    assert "a text file, no data set" in app.error[0].value
    assert app.error[0].value.startswith("bad: ")
    press(app, "Dismiss")
    assert not app.error


def test_a_failure_is_forgotten_when_the_next_import_succeeds(home, tmp_path):
    datasets.ensure("digits-8")
    bad = datasets.request_import(b"nothing", "bugs")
    finish(bad)
    app = open_page(pages.DATASET, dataset="digits-8", state={"dataset_job": bad, "dataset_file": "broken.npz"})
    assert app.error[0].value.startswith(r"broken\.npz: ")
    good = datasets.request_import(small_npz(tmp_path / "good.npz"), "bugs")
    finish(good)
    app.session_state["dataset_job"] = good
    app.run()
    assert app.query_params["dataset"] == "bugs"
    assert not app.error


def test_a_refused_name_is_told_beside_the_form(home):
    small_npz(home / "inbox" / "bugs.npz")
    datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8")
    app.selectbox(key="import-inbox-0").select("bugs.npz").run()
    app.text_input[0].set_value("digits").run()
    press(app, "Import")
    assert "comes with the app" in app.error[0].value
    assert not datasets.jobs()
