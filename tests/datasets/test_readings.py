"""Readings as jobs: what they tell, other choices on the same source, and the import that follows."""

import io
import json

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets import Choices, OfReading
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from tests.datasets.test_library import finish
from tests.kit.image_trees import as_folder, as_zip, classes, read
from tests.kit.layouts import LAYOUTS

pytestmark = pytest.mark.workers


def as_npy(values):
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


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


def test_what_was_decided_is_kept_with_the_reading(home, archive):
    asked = Choices(roles={"seg_pred/seg_pred": "unlabelled"})
    job = datasets.request_reading(archive.read_bytes(), asked, file_name="intel.zip")
    finish(job)
    assert datasets.reading_choices(job) == asked
    decided = asked.model_copy(update={"group": "folder:2"})
    datasets.keep_choices(job, decided)
    assert datasets.reading_choices(job) == decided
    assert [image.shape for image in datasets.reading_samples(job, 4)] == [(12, 10, 3)] * 4
    again = datasets.request_reading(OfReading(job), decided)
    assert (finish(again).title, datasets.get_reading(again).source) == ("intel.zip", "intel.zip")


def test_arrays_beside_pictures_may_be_read_as_either(home, tmp_path):
    images = np.zeros((8, 6, 6), np.uint8)
    files = {"x_train.npy": as_npy(images), "y_train.npy": as_npy(np.arange(8) % 2)}
    source = as_folder(tmp_path / "both", files | classes("ant", "bee"))
    first = datasets.request_reading(source)
    finish(first)
    guess = next(guess for guess in datasets.get_reading(first).guesses if guess.key == "form")
    assert (guess.value, [way.value for way in guess.alternatives]) == ("npz", ["npz", "folders"])
    other = datasets.request_reading(OfReading(first), Choices(form="folders"))
    finish(other)
    assert datasets.get_reading(other).class_names == ("ant", "bee")
    assert "form" not in [guess.key for guess in read(as_zip(tmp_path / "a.zip", files))[0].guesses]
