"""Readings as jobs: what they tell, other choices on the same source, and the import that follows."""

import json

import pytest

from cnnapp import datasets
from cnnapp.datasets import Choices, OfReading
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from tests.datasets.test_library import finish
from tests.kit.image_trees import as_folder, as_zip
from tests.kit.layouts import LAYOUTS

pytestmark = pytest.mark.workers


@pytest.fixture
def archive(tmp_path):
    return as_zip(tmp_path / "intel.zip", LAYOUTS["seg_train"]().files)


def test_an_upload_is_read_again_and_imported_without_being_sent_again(home, archive):
    first = datasets.request_reading(archive.read_bytes(), file_name="intel.zip")
    assert finish(first).state == "finished"
    reading = datasets.get_reading(first)
    assert (reading.source, reading.count("train"), reading.count("test"), reading.left_out[0].files) == (
        "intel.zip",
        8,
        4,
        3,
    )
    assert len(datasets.reading_pictures(first)) == 15
    second = datasets.request_reading(OfReading(first), Choices(roles={"seg_pred/seg_pred": "unlabelled"}))
    assert finish(second).state == "finished"
    assert datasets.get_reading(second).count("unlabelled") == 3
    made = finish(datasets.request_import(OfReading(second), "Intel", choices=Choices(roles={"seg_test": "left out"})))
    assert (made.state, made.message) == ("finished", "")
    manifest = datasets.load("intel").manifest
    assert (manifest.train + manifest.test, manifest.class_names) == (8, ("cats", "dogs"))


def test_a_path_is_read_where_it_lies(home, tmp_path):
    source = as_folder(tmp_path / "photos", LAYOUTS["splits"]().files)
    job = datasets.request_reading(source)
    assert finish(job).title == "photos"
    assert datasets.get_reading(job).class_names == ("cats", "dogs")
    assert finish(datasets.request_import(OfReading(job), "Photos")).state == "finished"
    with pytest.raises(CnnAppError, match="no file"):
        datasets.request_reading(tmp_path / "nothing")


def test_what_cannot_be_read_fails_with_its_reason_and_may_be_read_otherwise(home, archive):
    job = datasets.request_reading(archive.read_bytes(), Choices(encoding="klingon"))
    ended = finish(job)
    assert (ended.state, datasets.get_reading(job)) == ("failed", None)
    assert "no known encoding" in ended.message
    assert finish(datasets.request_reading(OfReading(job))).state == "finished"


def test_sources_of_old_readings_are_forgotten(home, archive):
    jobs = [datasets.request_reading(archive.read_bytes()) for _ in range(7) if True]
    for job in jobs:
        finish(job)
    last = datasets.request_reading(archive.read_bytes())
    finish(last)
    kept = [job for job in [*jobs, last] if (settings().jobs_dir / job / "source").exists()]
    assert last in kept
    assert len(kept) <= 6
    with pytest.raises(CnnAppError, match="no longer kept"):
        datasets.request_import(OfReading(jobs[0]), "Late")


def test_the_command_line_tells_a_reading_and_stores_nothing(home, archive, ask):
    code, value, _ = ask("import", archive, "--dry-run")
    assert (code, value["class_names"], value["left_out"][0]["folder"]) == (0, ["cats", "dogs"], "seg_pred/seg_pred")
    assert not (settings().datasets_dir).exists()
    code, value, _ = ask("import", archive, "--dry-run", "--role", "seg_pred/seg_pred=unlabelled")
    assert [part["role"] for part in value["parts"]] == ["train", "test", "unlabelled"]
    assert json.dumps(value)
    code, _, err = ask("import", archive, "--dry-run", "--role", "seg_pred=nonsense")
    assert (code, "expected FOLDER=ROLE" in err) == (1, True)
