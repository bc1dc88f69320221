"""A data set leaves as a zip of folders and comes back the same: pixels, labels, classes, splits, order."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from cnnapp import datasets, images
from cnnapp.datasets.export_names import Names, safe_name
from cnnapp.errors import CnnAppError
from cnnapp.images import readable_kind
from tests.kit.image_trees import as_folder, classes, take, under


def quietly(*_):
    """No progress."""


def jpeg(seed, size=(60, 40)):
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 4, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def same(first, second):
    """Whether two sets have the same classes, and in every split the same pixels and labels in the same order."""
    assert second.manifest.class_names == first.manifest.class_names
    assert set(second.splits) == set(first.splits)
    for name, split in first.splits.items():
        assert np.array_equal(second.splits[name].labels, split.labels), name
        assert np.array_equal(second.splits[name].images[:], split.images[:]), name


def test_a_set_with_all_parts_comes_back_as_it_was(home, tmp_path):
    files = under("train", classes("Äpfel", "b c", each=5)) | under(
        "validation", classes("Äpfel", "b c", each=2, start=30)
    )
    first = take(as_folder(tmp_path / "first", files | under("test", classes("Äpfel", "b c", each=3, start=60))))
    exported = datasets.export(first, tmp_path / "first.zip", quietly)
    assert exported.images == 20
    assert exported.bytes == (tmp_path / "first.zip").stat().st_size
    assert "to get the same 12×10×3 pixels" in exported.notices[0]
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert archive.namelist()[0] == "train/b c/0.png"
    same(first, take(tmp_path / "first.zip"))


def test_a_set_of_arrays_comes_back_as_it_was(home, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (60, 9, 9), np.uint8)
    y = np.arange(60) % 3
    np.savez(tmp_path / "arrays.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    first = take(tmp_path / "arrays.npz")
    exported = datasets.export(first, tmp_path / "arrays.zip", quietly)
    assert "--size 9 --colour grey --ink off" in exported.notices[0]
    same(first, take(tmp_path / "arrays.zip", size=9, colour="grey"))


def test_files_that_are_stored_leave_byte_by_byte(home, tmp_path, monkeypatch):
    monkeypatch.setattr("cnnapp.datasets.sources.plan.FREE_SHARE", 0)  # no room for raw pixels
    files = {
        f"{part}/{name}/{seed}.jpg": jpeg(10 * place + seed)
        for place, part in enumerate(("train", "test"))
        for name in "ab"
        for seed in range(ord(name), ord(name) + 3)
    }
    first = take(as_folder(tmp_path / "photos", files), size=96, resize_mode="pad")
    assert first.manifest.encoding == "files"
    exported = datasets.export(first, tmp_path / "photos.zip", quietly)
    assert "--size 96 --resize-mode pad --colour colour" in exported.notices[0]
    with zipfile.ZipFile(tmp_path / "photos.zip") as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    assert kept == {name: data for name, data in files.items() if readable_kind(kept[name]) == "JPEG"}
    again = take(tmp_path / "photos.zip", size=96, resize_mode="pad")
    same(first, again)
    assert images.decode(kept["train/a/97.jpg"]).pixels.shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("cat", "cat"),
        ("a/b\\c", "a_b_c"),
        ("..", "_"),
        (".hidden", "_.hidden"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("what?", "what_"),
        ("end. ", "end"),
        ("\x00\n\x1b", "_"),
        ("x" * 300, "x" * 100),
        ("表面", "表面"),
    ],
)
def test_names_are_those_that_every_file_system_takes(name, safe):
    assert safe_name(name) == safe


def test_no_two_names_are_alike():
    names = Names()
    assert [names.folder(name) for name in ("Cat", "cat", "c?t", "c:t")] == ["Cat", "cat (2)", "c_t", "c_t (2)"]
    assert names.changed == ["cat", "c?t", "c:t"]
    assert [names.file("train/a", "1.png") for _ in range(2)] == ["train/a/1.png", "train/a/1 (2).png"]
    assert names.file("test/a", "1.png") == "test/a/1.png"


def test_what_is_there_is_not_overwritten_and_nothing_half_done_stays(home, tmp_path):
    first = take(as_folder(tmp_path / "first", classes("a", "b", each=8)))
    there = tmp_path / "there.zip"
    there.write_bytes(b"precious")
    with pytest.raises(CnnAppError, match="something of this name already"):
        datasets.export(first, there, quietly)
    assert there.read_bytes() == b"precious"
    with pytest.raises(CnnAppError, match="there is no folder"):
        datasets.export(first, tmp_path / "nowhere" / "x.zip", quietly)

    def stop(_what, done, _total):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        datasets.export(first, tmp_path / "half.zip", stop)
    assert not list(tmp_path.glob("half*"))
