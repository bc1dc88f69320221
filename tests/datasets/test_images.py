"""Import of image files in folders: layouts, sizes, colours, and what is skipped, from folders and archives alike."""

import io
import os

import pytest
from PIL import Image

from cnnapp import datasets
from cnnapp.datasets.sources import decoding
from cnnapp.datasets.sources.preview import sample_images
from cnnapp.errors import CnnAppError
from cnnapp.images import resize
from tests.kit.image_trees import as_folder, as_tar, as_zip, classes, images_by_class, pixels, png, take, under
from tests.kit.waiting import finish

WRITERS = {
    "folder": lambda path, files: as_folder(path / "given", files),
    "zip": lambda path, files: as_zip(path / "given.zip", files),
    "tar": lambda path, files: as_tar(path / "given.tar", files, "w"),
    "tar.gz": lambda path, files: as_tar(path / "given.tar.gz", files),
}
every_container = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def expected(*seeds):
    return {pixels(seed).tobytes() for seed in seeds}


@every_container
def test_one_folder_per_class(home, tmp_path, write):
    taken = take(write(tmp_path, classes("ant", "bee", each=10)))
    manifest = taken.manifest
    assert (manifest.class_names, manifest.train, manifest.test) == (("ant", "bee"), 17, 3)
    assert (manifest.image_shape, manifest.skipped, manifest.converted) == ((12, 10, 3), (), {})
    assert "set apart" in manifest.notices[0]
    train, test = images_by_class(taken), images_by_class(taken, "test")
    assert train["ant"] | test["ant"] == expected(*range(10))
    assert train["bee"] | test["bee"] == expected(*range(10, 20))


@every_container
@pytest.mark.parametrize(("train", "test"), [("training_set", "test_set"), ("train", "test"), ("Train", "Test")])
def test_own_test_part(home, tmp_path, write, train, test):
    files = under(train, classes("ant", "bee")) | under(test, classes("bee", "ant", each=2, start=50))
    taken = take(write(tmp_path, under("photos", files)))
    assert images_by_class(taken) == {"ant": expected(*range(4)), "bee": expected(*range(4, 8))}
    assert images_by_class(taken, "test") == {"bee": expected(50, 51), "ant": expected(52, 53)}
    assert taken.validation is None


@every_container
def test_own_validation_part(home, tmp_path, write):
    parts = {"train": 0, "val": 50, "test": 90}
    files = {}
    for folder, start in parts.items():
        files |= under(folder, classes("ant", "bee", each=2, start=start))
    taken = take(write(tmp_path, files))
    assert (taken.manifest.train, taken.manifest.validation, taken.manifest.test) == (4, 4, 4)
    assert images_by_class(taken, "validation") == {"ant": expected(50, 51), "bee": expected(52, 53)}
    assert images_by_class(taken, "test") == {"ant": expected(90, 91), "bee": expected(92, 93)}


def test_validation_folder_without_a_test_folder_validates_or_tests(home, tmp_path):
    files = under("train", classes("ant", "bee", each=8)) | under("val", classes("ant", "bee", each=1, start=50))
    source = as_folder(tmp_path / "given", files)
    taken = take(source)
    assert images_by_class(taken, "validation") == {"ant": expected(50), "bee": expected(51)}
    assert (taken.manifest.train, taken.manifest.test) == (14, 2)
    assert "set apart" in taken.manifest.notices[0]
    taken = take(source, choices={"test_from": "validation"})
    assert taken.validation is None
    assert images_by_class(taken, "test") == {"ant": expected(50), "bee": expected(51)}
    assert "no test folder" in taken.manifest.notices[0]


@every_container
def test_layout_of_food_101(home, tmp_path, write):
    files = under("food-101/images", classes("pie", "soup"))
    files["food-101/meta/train.txt"] = b"pie/0\npie/1\r\nsoup/0\nsoup/1\n"
    files["food-101/meta/test.txt"] = b"pie/2\nsoup/2\n"
    files["food-101/meta/classes.txt"] = b"pie\nsoup\n"
    taken = take(write(tmp_path, files))
    assert images_by_class(taken) == {"pie": expected(0, 1), "soup": expected(4, 5)}
    assert images_by_class(taken, "test") == {"pie": expected(2), "soup": expected(6)}
    assert {skipped.file for skipped in taken.manifest.skipped} == {
        "food-101/meta/classes.txt",
        "food-101/images/pie/3.png",
        "food-101/images/soup/3.png",
    }


@every_container
def test_every_file_is_used_or_skipped_with_its_reason(home, tmp_path, write):
    files = classes("ant", "bee") | {
        "ant/Thumbs.db": b"\xd0\xcf\x11\xe0" + bytes(100),
        "ant/notes.txt": b"remember the bees",
        "ant/.hidden.png": png(99),
        "__MACOSX/ant/._0.png": b"\0\5\x16\7",
        "bee/empty.jpg": b"",
        "bee/cut.png": png(98)[:300],
        "readme.md": b"# photos",
        "cover.png": png(97),
    }
    taken = take(write(tmp_path, files))
    reasons = {skipped.file: skipped.reason for skipped in taken.manifest.skipped}
    assert taken.manifest.train + taken.manifest.test + len(reasons) == len(files)
    assert "a text file" in reasons["ant/notes.txt"]
    assert "hidden" in reasons["ant/.hidden.png"]
    assert "macOS" in reasons["__MACOSX/ant/._0.png"]
    assert "empty" in reasons["bee/empty.jpg"]
    assert "cut short" in reasons["bee/cut.png"]
    assert "no class" in reasons["cover.png"]
    assert taken.manifest.class_names == ("ant", "bee")


def test_size_mode_and_colour_are_chosen(home, tmp_path):
    source = as_folder(tmp_path / "given", classes("ant", "bee", shape=(40, 30, 3)))
    taken = take(source, size=16, resize_mode="crop")
    assert taken.preprocess.resize_mode == "crop"
    first = resize(pixels(0, (40, 30, 3)), 16, 16, "crop").tobytes()
    assert first in images_by_class(taken)["ant"] | images_by_class(taken, "test").get("ant", set())
    assert take(source, size=16, colour="grey").manifest.image_shape == (16, 16, 1)


def test_photos_of_any_size_become_64(home, tmp_path):
    files = classes("ant", shape=(80, 300, 3)) | classes("bee", shape=(100, 90, 3))
    assert take(as_folder(tmp_path / "given", files)).manifest.image_shape == (64, 64, 3)


def test_small_images_are_not_made_larger(home, tmp_path):
    files = classes("ant", shape=(20, 30, 1)) | classes("bee", shape=(20, 21, 1))
    assert take(as_folder(tmp_path / "given", files)).manifest.image_shape == (20, 20, 1)


def test_set_is_grey_when_all_images_are(home, tmp_path):
    files = classes("ant", "bee", each=40, shape=(12, 10, 1))
    assert take(as_folder(tmp_path / "grey", files)).manifest.image_shape == (12, 10, 1)
    last = as_folder(tmp_path / "coloured", files | {"bee/z.png": png(1)})
    taken = take(last)
    assert taken.manifest.image_shape == (12, 10, 3)
    assert taken.manifest.train + taken.manifest.test == 81


def test_conversions_are_counted(home, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(pixels(5, (12, 10, 4))).save(buffer, "PNG")
    taken = take(as_folder(tmp_path / "given", classes("ant", "bee") | {"ant/see-through.png": buffer.getvalue()}))
    assert taken.manifest.converted == {"alpha flattened": 1}


def test_folders_without_images_are_no_classes(home, tmp_path):
    files = classes("ant", "bee") | {"docs/a.txt": b"text", "docs/b.txt": b"text"}
    taken = take(as_folder(tmp_path / "given", files))
    assert taken.manifest.class_names == ("ant", "bee")
    assert any("docs" in notice for notice in taken.manifest.notices)


@pytest.mark.parametrize(
    ("first", "second"), [("Ant", "ant"), ("caf\u00e9", "cafe\u0301")], ids=["case twins", "Unicode twins"]
)
@every_container
def test_twin_folders_are_one_class(home, tmp_path, write, first, second):
    files = under("train", classes(first, "bee")) | under("test", classes(second, "bee", each=1, start=50))
    taken = take(write(tmp_path, files))
    assert len(taken.manifest.class_names) == 2
    assert any("one class" in notice for notice in taken.manifest.notices)


REFUSED = {
    "no folders": {"1.png": png(1), "2.png": png(2)},
    "one class": classes("ant"),
    "nothing": {"a/readme.txt": b"text"},
    "no readable images": {"ant/1.jpg": b"nothing", "bee/1.jpg": b"nothing"},
    "no training images": under("test", classes("ant", "bee")),
    "too few to test": {"ant/1.png": png(1), "bee/1.png": png(2)},
}


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
@every_container
def test_refused_in_one_sentence(home, tmp_path, write, files):
    with pytest.raises(CnnAppError, match="expected") as refusal:
        take(write(tmp_path, files))
    assert "\n" not in str(refusal.value)


def test_links_and_pipes_in_a_folder_are_skipped(home, tmp_path):
    source = as_folder(tmp_path / "given", classes("ant", "bee"))
    secret = as_folder(tmp_path / "secret", {"s.png": png(77)})
    (source / "ant" / "link.png").symlink_to(secret / "s.png")
    (source / "cat").symlink_to(secret)
    (source / "loop").symlink_to(source)
    os.mkfifo(source / "ant" / "pipe.png")
    taken = take(source)
    reasons = {skipped.file: skipped.reason for skipped in taken.manifest.skipped}
    assert reasons.keys() == {"ant/link.png", "ant/pipe.png", "cat", "loop"}
    assert taken.manifest.train + taken.manifest.test == 8


def test_names_that_are_no_text_are_shown_all_the_same(home, tmp_path):
    source = as_folder(tmp_path / "given", classes("ant", "bee"))
    (source / "ant" / "\udcff\n.png").write_bytes(b"nothing")
    assert take(source).manifest.skipped[0].file == "ant/?\ufffd.png"


def test_large_images_do_not_stop_the_rest(home, tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "LARGE_PIXELS", 50)
    monkeypatch.setattr(decoding, "WINDOW_BYTES", 1000)
    taken = take(as_folder(tmp_path / "given", classes("ant", "bee", each=10)))
    assert taken.manifest.train + taken.manifest.test == 20


@pytest.mark.workers
def test_catalog_row_is_made_of_its_archive(home, tmp_path):
    names = datasets.info("flowers").class_names
    archive = as_tar(tmp_path / "flower_photos.tgz", under("flower_photos", classes(*names, shape=(80, 70, 3))))
    job = finish(datasets.request_prepare("flowers", archive))
    assert (job.state, job.message) == ("finished", "")
    info = datasets.info("flowers")
    assert (info.source, info.image_shape, info.class_names) == ("download", (64, 64, 3), names)
    wrong = as_zip(tmp_path / "wrong.zip", classes("ant", "bee"))
    assert "is not Cats and dogs" in finish(datasets.request_prepare("cats_dogs", wrong)).message


def test_files_dropped_in_a_browser(home, tmp_path):
    files = [*classes("ant", "bee").items(), ("../../ant/escaped.png", png(50))]
    job = finish(datasets.request_import(files, "Dropped"))
    assert (job.state, job.message) == ("finished", "")
    manifest = datasets.load("dropped").manifest
    assert manifest.train + manifest.test == 8
    assert ".." in manifest.skipped[0].reason
    assert not list(tmp_path.parent.rglob("escaped.png"))


@every_container
def test_what_an_import_would_make_of_some_images(home, tmp_path, write):
    given = write(tmp_path, classes("ant", "bee", shape=(40, 30, 3)) | {"ant/broken.png": b"x"})
    samples = sample_images(given, 4)
    assert {sample.shape for sample in samples} == {(40, 30, 3)}
    options = datasets.ImageOptions(size=16, resize_mode="pad", colour="grey")
    assert [image.shape for image in datasets.apply_options(samples, options)] == [(16, 16, 1)] * 4
