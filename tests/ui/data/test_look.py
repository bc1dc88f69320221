"""The view "Look" of the Data set page: gallery, statistics, and one image with its file."""

import io

import pytest
from PIL import Image

from cnnapp import datasets
from cnnapp.images import Preprocess
from cnnapp.ui import pages
from cnnapp.ui.data.file_facts import resize_words, size_words
from tests.kit.app_pages import open_page, words
from tests.kit.image_trees import as_folder, classes, png, take, under


def see_through(size):
    buffer = io.BytesIO()
    Image.new("RGBA", size, (200, 0, 0, 128)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def photos(home, tmp_path):
    """A data set of 80 ants, 70 bees and one picture of half the size, which was see-through."""
    files = under("train", classes("ant", each=80) | classes("bee", each=70, start=100))
    files |= {"train/ant/odd_one.png": see_through((20, 10)), "test/bee/0.png": png(900)}
    return take(as_folder(tmp_path / "tree", files), size=16)


def test_another_image_is_shown_with_its_label(home):
    dataset = datasets.ensure("shapes")
    app = open_page(pages.DATASET, dataset="shapes")
    app.number_input[0].set_value(17).run()
    assert not app.exception
    name = dataset.manifest.class_names[dataset.train.labels[17]]
    assert f"Label **{name}**" in words(app)
    assert "Three channels" in words(app)


def test_test_images_can_be_looked_at(home):
    dataset = datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8")
    app.segmented_control(key="samples-of-2").set_value("test").run()
    app.number_input[0].set_value(199).run()
    assert not app.exception
    assert f"Label **{dataset.test.labels[199]}**" in words(app)


def test_a_class_is_shown_page_by_page(photos):
    app = open_page(pages.DATASET, dataset="taken")
    assert "The first 10 of each class" in words(app)
    app.selectbox(key="class-of-taken").select(1).run()
    assert "Page 1 of 2: images 1 to 60 of 70." in words(app)
    app.pagination[0].set_value(2).run()
    assert not app.exception
    assert "Page 2 of 2: images 61 to 70 of 70." in words(app)
    assert r"Label **bee**" in words(app)


def test_a_class_without_images_says_so(photos):
    app = open_page(pages.DATASET, dataset="taken")
    app.segmented_control(key="samples-of-2").set_value("test").run()
    app.selectbox(key="class-of-taken").select(0).run()
    assert not app.exception
    assert "no image of this class" in app.info[-1].value


def test_the_file_of_an_image_is_told(photos):
    row = next(row for row, file in enumerate(photos.train.facts.files) if "odd_one" in file)
    app = open_page(pages.DATASET, dataset="taken")
    app.number_input[0].set_value(row).run()
    assert not app.exception
    shown = words(app)
    assert r"File **train/ant/odd\_one\.png**" in shown
    assert f"20 pixels wide, 10 high · {photos.train.facts.bytes[row]} bytes" in shown
    assert r"what was see\-through is white now" in shown
    assert "Its width was squeezed by 50 %" in shown


def test_statistics_wait_until_they_are_opened(photos):
    app = open_page(pages.DATASET, dataset="taken")
    assert not any(control.key == "statistic" for control in app.segmented_control)


def test_statistics_show_mean_images_and_the_sizes_of_files(photos):
    app = open_page(pages.DATASET, dataset="taken", state={"statistics": True})
    assert "at most 2,000 of them" in words(app)
    app.segmented_control(key="statistic").set_value("Sizes of the files").run()
    assert not app.exception
    assert "The 151 training files have from **10×12** to **20×10** pixels, typically **10×12**." in words(app)
    assert "100.0 % are smaller" in words(app)


def test_arrays_have_no_files_of_other_sizes(home):
    datasets.ensure("digits-8")
    app = open_page(pages.DATASET, dataset="digits-8", state={"statistics": True})
    app.segmented_control(key="statistic").set_value("Sizes of the files").run()
    assert "All images came as 8×8 pixels" in words(app)


@pytest.mark.parametrize(
    ("mode", "original", "said"),
    [
        ("stretch", (64, 64), ["Nothing was lost by resizing: it had 64×64 pixels from the start."]),
        ("stretch", (128, 128), ["Each pixel that the network sees stands for 4 of the file: finer detail is lost."]),
        ("stretch", (32, 32), ["It was enlarged to 4 times its pixels: that adds no detail."]),
        ("stretch", (100, 200), [None, "Its width was squeezed by 50 % against its height: proportions changed."]),
        ("stretch", (200, 100), [None, "Its height was squeezed by 50 % against its width: proportions changed."]),
        ("crop", (100, 200), [None, "50 % was cut off, left and right."]),
        ("crop", (200, 150), [None, "25 % was cut off, at top and bottom."]),
        ("pad", (100, 200), [None, "50 % of what the network sees is black bars."]),
        (
            "crop",
            (128, 256),
            ["Each pixel that the network sees stands for 4 of the file: finer detail is lost.", None],
        ),
        ("pad", (64, 128), ["Each pixel that the network sees stands for 4 of the file: finer detail is lost.", None]),
    ],
)
def test_what_resizing_cost_is_said(mode, original, said):
    words = resize_words(original, Preprocess(image_shape=(64, 64, 3), resize_mode=mode))
    assert len(words) == len(said)
    assert all(expected is None or expected == sentence for expected, sentence in zip(said, words, strict=True))


def test_bytes_are_told_in_their_unit():
    assert [size_words(count) for count in (12, 31_249, 4_600_000)] == ["12 bytes", "31.2 kB", "4.6 MB"]
