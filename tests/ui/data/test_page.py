"""The Data set page: choosing, preparing, following an import, deleting."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.ui import pages
from tests.kit.app_pages import find_button, open_page, press, words
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
