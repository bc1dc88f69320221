"""Images without a class are kept beside a set: told, shown, exported, no part of what is trained on."""

import numpy as np
import pytest

from cnnapp import datasets
from tests.datasets.test_export import jpeg, quietly, same
from tests.datasets.test_resplitting import version_of
from tests.kit.image_trees import as_folder, as_zip, classes, pixels, png, take, under

FILES = under("train", classes("a", "b", each=6)) | under("test", classes("a", "b", each=2, start=50))
LOOSE = {f"pred/{seed}.png": png(seed) for seed in range(200, 205)} | {"pred/x.png": b"no image"}
ROLES = {"roles": {"pred": "unlabelled"}}


@pytest.fixture
def beside(home, tmp_path):
    """12 training and 4 test images, 5 without a label, one file that is no image."""
    return take(as_folder(tmp_path / "beside", FILES | LOOSE), choices=ROLES)


def test_unlabelled_images_are_kept_in_order_with_their_files(beside):
    own = beside.unlabelled
    assert np.array_equal(own.images[:], np.stack([pixels(seed) for seed in range(200, 205)]))
    assert [file.rsplit("/", 1)[-1] for file in own.facts.files] == [f"{seed}.png" for seed in range(200, 205)]
    assert (beside.manifest.train, beside.manifest.test, beside.manifest.unlabelled.count) == (12, 4, 5)
    assert [skipped.file for skipped in beside.manifest.skipped] == ["pred/x.png"]
    assert datasets.load("taken").unlabelled is not None


def test_they_change_nothing_of_what_is_trained_on(beside, tmp_path):
    digest = beside.digest
    without = take(as_folder(tmp_path / "without", FILES))
    assert without.digest == digest
    assert without.unlabelled is None
    left_out = take(as_folder(tmp_path / "left", FILES | LOOSE), choices={"roles": {"pred": "left out"}})
    assert left_out.unlabelled is None


def test_later_versions_and_exports_take_them_along(beside, tmp_path):
    new = version_of(beside, excluded={"train": {0}})
    assert np.array_equal(new.unlabelled.images[:], beside.unlabelled.images[:])
    exported = datasets.export(new, tmp_path / "out.zip", quietly)
    assert exported.images == 11 + 4 + 5
    again = take(tmp_path / "out.zip", choices={"roles": {"unlabelled": "unlabelled"}})
    same(new, again)
    assert np.array_equal(again.unlabelled.images[:], new.unlabelled.images[:])


def test_a_damaged_file_of_theirs_is_found(beside, home):
    file = home / "datasets" / "taken" / "unlabelled_rows.npy"
    file.write_bytes(file.read_bytes() + b"x")
    assert datasets.info("taken").status == "damaged"


def test_a_coloured_one_does_not_make_a_grey_set_coloured_and_encoded_files_are_read(home, tmp_path, monkeypatch):
    monkeypatch.setattr("cnnapp.datasets.sources.plan.FREE_SHARE", 0)  # no room for raw pixels
    files = classes("a", "b", each=8, shape=(12, 10, 1)) | {f"pred/{seed}.jpg": jpeg(seed) for seed in range(3)}
    dataset = take(
        as_zip(tmp_path / "grey.zip", under("train", files) | {"unlabelled/0.jpg": jpeg(1)}),
        choices={"roles": {"unlabelled": "unlabelled", "train/pred": "left out"}},
    )
    assert dataset.manifest.image_shape == (12, 10, 1)
    assert dataset.unlabelled.images[:].shape == (1, 12, 10, 1)
