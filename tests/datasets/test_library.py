"""The library of data sets: catalog, store, splits, jobs."""

import json

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets import catalog, store
from cnnapp.datasets.names import slug
from cnnapp.datasets.splits import split_stratified
from cnnapp.errors import CnnAppError
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers

BUNDLED = ("digits", "digits-8", "x_or_o", "x_or_o-16", "shapes")


def npz(path, **arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)
    return path


@pytest.fixture
def tiny(tmp_path):
    """40 + 10 images of 6×5 in two classes."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (50, 6, 5), np.uint8)
    y = np.arange(50) % 2
    return npz(tmp_path / "tiny.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])


@pytest.mark.parametrize("row", catalog.listed(), ids=lambda row: row.name)
def test_every_catalog_row_is_known_before_it_is_prepared(home, row):
    info = datasets.info(row.name)
    assert not info.prepared
    assert info.status == ("ready" if row.source == "bundled" else "not downloaded")
    assert len(set(info.class_names)) == len(info.class_names) >= 2
    assert info.train > info.test > 0
    assert info.name in [other.name for other in datasets.infos()]


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_sets_become_what_the_catalog_promised(home, name):
    promised = datasets.info(name)
    dataset = datasets.ensure(name)
    info = datasets.info(name)
    assert info.prepared
    assert info.status == "ready"
    assert (info.image_shape, info.class_names, info.train, info.test) == (
        promised.image_shape,
        promised.class_names,
        promised.train,
        promised.test,
    )
    assert dataset.train.images.shape == (info.train, *info.image_shape)
    assert dataset.train.images.dtype == np.uint8
    assert set(dataset.test.labels) == set(range(len(info.class_names)))
    assert dataset.train.images.max() > 200


def test_digits_are_the_scanned_ones(home):
    from sklearn.datasets import load_digits

    small = datasets.ensure("digits-8")
    source = {image.tobytes() for image in np.round(load_digits().images * 255 / 16).astype(np.uint8)}
    stored = [image.tobytes() for split in (small.train, small.test) for image in np.asarray(split.images)]
    assert len(stored) == 1797
    assert set(stored) == source
    assert small.preprocess.ink is not None


def test_default_share_of_digits_is_the_one_of_the_page(home):
    labels = datasets.ensure("digits").train.labels
    train, validation = datasets.split_validation(labels, 0.1, seed=3)
    assert (len(train), len(validation)) == (1437, 160)


def test_making_a_set_twice_gives_the_same_digest(home):
    first = datasets.ensure("x_or_o-16").digest
    datasets.delete("x_or_o-16")
    assert datasets.ensure("x_or_o-16").digest == first


def test_sizes_are_names_of_their_own(home):
    assert datasets.sizes("digits-8") == {8: "digits-8", 32: "digits"}
    assert datasets.sizes("x_or_o")[64] == "x_or_o-64"
    assert datasets.sizes("mnist") == {}
    with pytest.raises(CnnAppError, match="no data set called 'digits-9'"):
        datasets.info("digits-9")


@pytest.mark.parametrize("share", [0, 0.1, 0.33])
def test_validation_is_stratified_seeded_and_sorted(share):
    labels = np.repeat([0, 1, 2], [50, 30, 7]).astype(np.int32)
    train, validation = datasets.split_validation(labels, share, seed=1)
    assert len(validation) == round(len(labels) * share)
    assert sorted([*train, *validation]) == list(range(len(labels)))
    assert list(train) == sorted(train)
    assert np.all(np.abs(np.bincount(labels[validation], minlength=3) - share * np.array([50, 30, 7])) < 1)
    again, other = (datasets.split_validation(labels, share, seed=seed)[1] for seed in (1, 2))
    assert list(again) == list(validation)
    assert share == 0 or list(other) != list(validation)


def test_split_of_nothing_is_nothing():
    train, taken = split_stratified(np.zeros(0, np.int32), 0, seed=0)
    assert (len(train), len(taken)) == (0, 0)


def test_what_is_not_there_says_what_to_do(home):
    with pytest.raises(CnnAppError, match="open it on the Data set page"):
        datasets.load("digits")
    with pytest.raises(CnnAppError, match="not downloaded"):
        datasets.ensure("mnist")
    for name in ("nobody", "../runs", ""):
        with pytest.raises(CnnAppError, match="no data set called"):
            datasets.load(name)
        with pytest.raises(CnnAppError, match="nothing was deleted"):
            datasets.delete(name)


@pytest.mark.parametrize("file", ["train_images.npy", "test_labels.npy", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_damage_is_seen_and_does_not_hide_the_rest(home, file, damage):
    datasets.ensure("digits-8")
    path = home / "datasets" / "digits-8" / file
    path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes()[:-7])
    info = datasets.info("digits-8")
    assert info.status == "damaged"
    assert "digits-8 is damaged" in info.problem
    assert len(datasets.infos()) == len(catalog.listed())
    with pytest.raises(CnnAppError, match="damaged"):
        datasets.load("digits-8")


def test_a_flipped_bit_is_found_before_a_run(home):
    datasets.ensure("digits-8")
    path = home / "datasets" / "digits-8" / "train_images.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(CnnAppError, match="does not match its digest"):
        datasets.ensure("digits-8")


def test_manifest_of_a_newer_app_is_refused(home):
    datasets.ensure("digits-8")
    path = home / "datasets" / "digits-8" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(CnnAppError, match="damaged"):
        datasets.load("digits-8")


@pytest.mark.parametrize(
    ("title", "name"),
    [("My Set!", "my-set"), ("x_or_o", "x_or_o"), ("../../etc", "etc"), ("Äpfel", "apfel"), ("-a-", "a")],
)
def test_folder_names_are_our_own(title, name):
    assert slug(title) == name


def test_titles_without_letters_of_ascii_stay_apart():
    assert slug("数据") != slug("資料")
    assert store.is_stored(slug("数据")) is False


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "a" * 61])
def test_titles_that_cannot_be_are_refused(title):
    with pytest.raises(CnnAppError):
        slug(title)


def test_prepare_job_makes_the_set(home):
    job = datasets.request_prepare("digits-8")
    assert datasets.request_prepare("digits-8") == job
    assert datasets.info("digits-8").job == job
    assert finish(job).state == "finished"
    assert datasets.info("digits-8").prepared
    assert finish(datasets.request_prepare("digits-8")).state == "finished"
    with pytest.raises(CnnAppError, match="already"):
        datasets.request_prepare("digits-8", b"an archive")


def test_import_job_of_a_path_and_of_bytes(home, tiny):
    for name, source in (("From path", tiny), ("From bytes", tiny.read_bytes())):
        job = finish(datasets.request_import(source, name))
        assert (job.state, job.message) == ("finished", "")
        info = datasets.info(job.name)
        assert (info.title, info.source, info.train, info.test, info.image_shape) == (name, "import", 40, 10, (6, 5, 1))
        assert not (home / "jobs" / job.job / "upload").exists()
        assert not (home / "jobs" / job.job / "spool").exists()


def test_import_under_a_taken_name_is_refused(home, tiny):
    finish(datasets.request_import(tiny, "mine"))
    with pytest.raises(CnnAppError, match="called mine already"):
        datasets.request_import(tiny, "Mine")
    with pytest.raises(CnnAppError, match="comes with the app"):
        datasets.request_import(tiny, "digits")
    with pytest.raises(CnnAppError, match="no file"):
        datasets.request_import(tiny.with_name("nothing.npz"), "other")


def test_failed_import_leaves_nothing(home, tmp_path):
    job = finish(datasets.request_import(b"no archive", "bad"))
    assert job.state == "failed"
    assert "a text file, no data set" in job.message
    assert "bad" not in [info.name for info in datasets.infos()]
    assert not list((home / "datasets").glob("*bad*"))


def test_another_set_under_a_catalog_name_is_refused(home, tiny):
    job = finish(datasets.request_import(tiny, "mnist"))
    assert job.state == "failed"
    assert "is not MNIST" in job.message
    assert datasets.info("mnist").status == "not downloaded"


def test_cancelled_job_stops_and_leaves_nothing(home, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (40_000, 32, 32), np.uint8)
    path = npz(tmp_path / "large.npz", x_train=noise, y_train=np.arange(len(noise)) % 2)
    job = datasets.request_import(path, "large")
    datasets.cancel(job)
    assert finish(job).state == "stopped"
    assert not list((home / "datasets").glob("*large*"))


def test_old_jobs_are_swept(home, monkeypatch):
    monkeypatch.setattr("cnnapp.datasets.requests.KEPT", 0)
    first = finish(datasets.request_import(b"", "one"))
    finish(datasets.request_import(b"", "two"))
    with pytest.raises(CnnAppError, match="no longer there"):
        datasets.get_job(first.job)
