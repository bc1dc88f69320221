"""Splitting again, merging and zipping on the Data set page; what a set lacks, there and before Start."""

import pytest

from cnnapp import datasets
from cnnapp.datasets import GroupRule
from cnnapp.ui import pages
from tests.kit.app_pages import open_page, press, words
from tests.kit.image_trees import as_folder, classes, take, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers

SHAPE = (32, 32, 1)


@pytest.fixture
def lacking(home, tmp_path):
    """Three classes: c without test images, b with few; two patients each."""
    files = {
        f"train/{name}/p{place % 2}/{place}.png": data
        for name, each in (("a", 12), ("b", 4), ("c", 12))
        for place, data in enumerate(classes(name, each=each, start=ord(name) * 100, shape=SHAPE).values())
    }
    return take(
        as_folder(
            tmp_path / "lacking",
            files | under("test", classes("a", "b", each=2, shape=SHAPE)) | {"train/a/notes.txt": b""},
        ),
        choices={"alternative": "1"},
    )


def test_a_set_is_split_again_by_folders_and_two_classes_are_merged(lacking):
    app, digest = open_page(pages.DATASET, dataset="taken"), lacking.digest[:16]
    assert not any(found.label.startswith("Make version") for found in app.button)
    app.toggle[0].set_value(True).run()
    app.number_input(key=f"split-{digest}-test").set_value(40).run()
    app.selectbox(key=f"split-{digest}-kind").select("folder").run()
    assert "p0, p1" in app.selectbox(key=f"split-{digest}-level").options[0]
    app.multiselect(key=f"merge-{digest}").set_value(["a", "b"]).run()
    assert not app.exception
    assert "**2 classes merged, split again" in words(app).replace("\\", "")
    press(app, "Make version 2")
    assert finish(datasets.jobs()[0].job).state == "finished"
    new = datasets.load("taken-v2")
    assert new.manifest.class_names == ("a", "c")
    assert new.manifest.group_rule == GroupRule(kind="folder")
    assert new.manifest.parent.split.test_share == 0.4
    app.run()
    assert app.query_params["dataset"] == "taken-v2"


def test_what_a_set_lacks_is_told_on_its_page_and_before_start(lacking):
    app = open_page(pages.DATASET, dataset="taken")
    told = " ".join(expander.label for expander in app.expander)
    assert "fewer than 10 training images: b \\(4\\)" in told
    assert "1 class has no test images: c" in told
    assert "**1** left out" in words(app)
    train = open_page(pages.TRAIN, dataset="taken", network="lenet5")
    [warning] = [box.value for box in train.warning]
    assert "no test images: c" in warning


def test_a_sound_set_is_not_warned_of(home):
    datasets.ensure("digits")
    train = open_page(pages.TRAIN, dataset="digits", network="lenet5")
    assert not train.warning


def test_a_zip_is_made_by_a_job_and_offered_until_the_set_changes(lacking):
    app = open_page(pages.DATASET, dataset="taken")
    press(app, "Make a zip")
    job = datasets.jobs()[0]
    assert finish(job.job).state == "finished"
    assert datasets.exported("taken") == job.job
    assert datasets.export_file(job.job).read_bytes()[:2] == b"PK"
    app.run()
    assert not app.exception
    assert any("Download taken" in element.proto.label.replace("\\", "") for element in app.get("link_button"))
    again = datasets.request_export("taken")
    assert again != job.job
    assert datasets.export_file(job.job) is None
    assert finish(again).state == "finished"
