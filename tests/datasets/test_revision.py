"""Later versions of a data set: what is left out, relabelled and renamed, and what is refused."""

import numpy as np
import pytest

from cnnapp import datasets, jobs
from cnnapp.datasets.requests import WORKER
from cnnapp.errors import CnnAppError
from cnnapp.jobs import JobFolder
from tests.kit.image_trees import as_folder, classes, take, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers

FILES = under("train", classes("ant", "bee", each=6)) | under("test", classes("ant", "bee", each=2, start=50))


@pytest.fixture
def bugs(home, tmp_path):
    """12 training and 4 test images of two classes, of files."""
    return take(as_folder(tmp_path / "bugs", FILES | {"train/ant/notes.txt": b"text"}))


def revised(job):
    ended = finish(job)
    assert ended.state == "finished", ended.message
    return datasets.load(ended.name)


def test_a_later_version_lacks_what_was_left_out_and_the_first_one_stays(bugs):
    job = datasets.request_revision("taken", excluded={"train": [0, 7], "test": {3}}, relabelled={"train": {1: 1}})
    new = revised(job)
    assert (new.manifest.name, new.manifest.title, new.manifest.version) == ("taken-v2", "Taken, version 2", 2)
    kept = [row for row in range(12) if row not in (0, 7)]
    assert np.array_equal(new.train.images[:], bugs.train.images[:][kept])
    assert new.train.labels.tolist() == [1, *bugs.train.labels[kept][1:]]
    assert np.array_equal(new.test.images[:], bugs.test.images[:][:3])
    assert new.train.facts.files[0] == bugs.train.facts.files[1]
    assert datasets.load("taken").digest == bugs.digest


def test_a_later_version_says_of_which_one_it_is_and_what_was_changed(bugs):
    new = revised(datasets.request_revision("taken", excluded={"train": [0]}, renamed_classes={"ant": "Ameise"}))
    parent = new.manifest.parent
    assert (parent.name, parent.digest, parent.left_out, parent.relabelled, parent.renamed) == (
        "taken",
        bugs.digest,
        1,
        0,
        1,
    )
    assert new.manifest.class_names == ("Ameise", "bee")
    assert datasets.info("taken-v2").description == "Version 2, made of “Taken”: 1 image left out, 1 class renamed."
    left_out = new.manifest.skipped[-1]
    assert (left_out.file, left_out.reason) == (bugs.train.facts.files[0], "left out of version 2")
    assert len(new.manifest.skipped) == len(bugs.manifest.skipped) + 1


def test_names_of_two_classes_can_change_places(bugs):
    new = revised(datasets.request_revision("taken", renamed_classes={"ant": "bee", "bee": "ant"}))
    assert new.manifest.class_names == ("bee", "ant")
    assert new.digest != bugs.digest


def test_versions_count_on_and_never_share_a_name(bugs):
    second = revised(datasets.request_revision("taken", excluded={"train": [0]}))
    sibling = revised(datasets.request_revision("taken", excluded={"train": [1]}))
    child = revised(datasets.request_revision("taken-v2", excluded={"train": [0]}))
    names = [one.manifest.name for one in (second, sibling, child)]
    assert names == ["taken-v2", "taken-v3", "taken-v4"]
    assert child.manifest.title == "Taken, version 4"
    assert child.manifest.parent.name == "taken-v2"


def test_a_set_of_arrays_has_versions_too(home):
    first = datasets.ensure("digits-8")
    new = revised(datasets.request_revision("digits-8", excluded={"test": [5]}))
    assert new.manifest.name == "digits-8-v2"
    assert new.manifest.skipped[-1].file == "test image 5"
    assert new.preprocess == first.preprocess
    assert datasets.info("digits-8-v2").source == "import"
    assert datasets.sizes("digits-8-v2") == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Nothing is changed"),
        ({"relabelled": {"train": {0: 0}}}, "Nothing is changed"),
        ({"excluded": {"train": range(6)}}, "No training image of the class ant would be left"),
        ({"relabelled": {"test": {0: 1, 1: 1}}}, "No test image of the class ant"),
        ({"excluded": {"train": [12]}}, "no training image 12"),
        ({"excluded": {"validation": [0]}}, "no validation images of its own"),
        ({"relabelled": {"train": {0: 2}}}, "no class number 2"),
        ({"renamed_classes": {"ant": "bee"}}, "Two classes would be called 'bee'"),
        ({"renamed_classes": {"wasp": "bee"}}, "no class 'wasp'"),
        ({"renamed_classes": {"ant": " "}}, "1 to 60 characters"),
    ],
)
def test_changes_that_cannot_be_are_refused_before_any_work(bugs, changes, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        datasets.request_revision("taken", **changes)
    assert datasets.jobs() == []


def test_a_set_that_is_another_one_by_now_is_not_changed(bugs, home, tmp_path, monkeypatch):
    monkeypatch.setattr("cnnapp.jobs.start", lambda *_: False)
    job = datasets.request_revision("taken", excluded={"train": [0]})
    monkeypatch.undo()
    monkeypatch.setenv("CNNAPP_HOME", str(home))
    take(as_folder(tmp_path / "others", classes("ant", "bee", each=20, start=100)))
    jobs.start(WORKER, JobFolder(home / "jobs" / job))
    assert "is another one than when it was looked at" in finish(job).message
    assert datasets.info("taken").train == 34
