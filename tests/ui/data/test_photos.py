"""Photos gathered class by class, and the page on which they become a data set."""

import io

import pytest
from PIL import Image

from cnnapp import datasets
from cnnapp.errors import CnnAppError
from cnnapp.ui import pages
from cnnapp.ui.data import photos as own_photos
from cnnapp.ui.data.photos import THUMBNAIL, OwnImages
from tests.kit.app_pages import find_button, open_page, press, visit, words
from tests.kit.image_trees import as_folder, png, take
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers


def gathered(*names, each=2):
    photos = OwnImages()
    for place, name in enumerate(names):
        photos.add_class(name)
        for number in range(each):
            photos.add(name, f"{number}.png", png(100 * place + number))
    return photos


def one_colour(shade, size=(20, 20), form="JPEG"):
    buffer = io.BytesIO()
    Image.new("L", size, 40 * shade).save(buffer, form)
    return buffer.getvalue()


def add_class(app, name):
    app.text_input(key="own-new-class").set_value(name).run()
    assert not app.exception


def drop(app, *photos):
    app.file_uploader[0].set_value([(name, data, "image/png") for name, data in photos]).run()
    assert not app.exception


def settled(app):
    """Wait until the last job has ended, and see what the page Data set makes of it."""
    finish(datasets.jobs()[0].job)
    visit(app, pages.DATASET)  # AppTest does not follow st.switch_page


def test_photos_lie_in_folders_of_their_classes(home, tmp_path):
    photos = gathered("train", "test", each=4)  # names that folders of splits have
    dataset = take(as_folder(tmp_path / "tree", dict(photos.uploads())))
    assert dataset.manifest.class_names == ("test", "train")
    assert (dataset.manifest.train, dataset.manifest.test, dataset.validation) == (6, 2, None)


@pytest.mark.parametrize("name", ["../../up.png", "a\\b.png", "line\nbreak.png", "\0.png", "x" * 5000 + ".png"])
def test_a_file_s_name_is_never_a_path(home, name):
    photos = OwnImages()
    photos.add_class("cat")
    photos.add("cat", name, png(0))
    ((path, _),) = photos.uploads()
    assert path.startswith("train/cat/0001 ")
    assert path.count("/") == 2
    assert path.endswith(".png")
    assert "\\" not in path
    assert path.isprintable()
    assert len(path) < 200


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\\b", ".hidden", "x" * 61, "a\0b", "CAT", "cat "])
def test_a_name_that_cannot_be_a_class_is_refused(name):
    photos = OwnImages()
    photos.add_class("cat")
    with pytest.raises(CnnAppError):
        photos.add_class(name)
    assert photos.names == ("cat",)


def test_a_class_keeps_its_photos_under_another_name(home):
    photos = gathered("cat", "dog")
    assert photos.rename_class("cat", "  Big  cat ") == "Big cat"
    assert photos.names == ("Big cat", "dog")
    assert len(photos.photos("Big cat")) == 2
    assert photos.rename_class("dog", "Dog") == "Dog"


def test_what_is_missing_is_said_until_every_class_has_enough(home):
    photos = OwnImages()
    assert "name at least two" in photos.missing()
    photos = gathered("cat", "dog")
    assert not photos.missing()
    photos.remove("dog", 0)
    assert "add some to dog" in photos.missing()
    photos.remove_class("dog")
    assert "name at least two" in photos.missing()


def test_a_photo_is_taken_once_only(home):
    photos = gathered("cat", "dog")
    with pytest.raises(CnnAppError, match="is in the class cat already"):
        photos.add("dog", "again.png", png(0))
    assert len(photos.photos("dog")) == 2
    photos.add("dog", "shot.png", png(0), shot=True)  # a camera that stands still shows the same again
    assert len(photos.photos("dog")) == 3


def test_photos_have_a_limit_together(home, monkeypatch):
    photos = gathered("cat", each=1)
    monkeypatch.setattr(own_photos, "MOST_BYTES", 2 * len(png(0)) - 1)
    with pytest.raises(CnnAppError, match="all photos together"):
        photos.add("cat", "more.png", png(1))


def test_a_thumbnail_is_square_and_coloured(home):
    photos = OwnImages()
    photos.add_class("grey")
    photos.add("grey", "wide.png", png(0, (10, 200, 1)))
    assert photos.photos("grey")[0].thumbnail.shape == (THUMBNAIL, THUMBNAIL, 3)


def test_the_page_begins_with_the_name_of_a_class(home):
    app = open_page(pages.OWN_IMAGES)
    assert "Begin with the name of a class" in words(app)
    assert not app.file_uploader
    add_class(app, "cat")
    add_class(app, "Cat")
    assert "There is a class called Cat already" in app.error[0].value
    assert find_button(app, "Make data set").disabled


def test_dropped_photos_become_the_chosen_data_set(home):
    datasets.ensure("digits-8")
    app = open_page(pages.OWN_IMAGES)
    for place, name in enumerate(("cat", "dog")):
        add_class(app, name)
        drop(app, *[(f"{number}.png", png(10 * place + number)) for number in range(5)])
    assert "**cat**, 5 photos: 5 more for a good beginning" in words(app)
    press(app, "Make data set")
    settled(app)
    assert app.query_params["dataset"] == "cat-and-dog"
    assert "**7** train · **1** validation · **2** test · **2** classes · **12×10×3**" in words(app)
    app.switch_page(pages.OWN_IMAGES).run()
    assert "“cat and dog” was made of these photos" in words(app)
    press(app, "Start over")
    assert "Begin with the name of a class" in words(app)


def test_a_photo_that_cannot_be_read_has_its_sentence_and_the_others_stay(home):
    app = open_page(pages.OWN_IMAGES)
    add_class(app, "cat")
    drop(app, ("good.png", png(1)), ("bad.png", b"no image"), ("also good.png", png(2)))
    assert "bad\\.png is a text file" in app.error[0].value
    assert "**cat**, 2 photos" in words(app)
    app.run()
    assert not app.error
    assert "**cat**, 2 photos" in words(app)


def test_the_camera_s_photos_are_kept_one_after_the_other(home):
    app = open_page(pages.OWN_IMAGES)
    add_class(app, "cat")
    app.segmented_control(key="own-from").set_value("Camera").run()
    for number in range(3):
        app.camera_input[0].set_value(("camera.jpg", one_colour(number), "image/jpeg")).run()
        assert not app.exception
    assert "**cat**, 3 photos" in words(app)


def test_photos_and_names_survive_another_page_and_a_refused_name(home):
    datasets.ensure("digits-8")
    app = open_page(pages.OWN_IMAGES)
    for place, name in enumerate(("cat", "dog")):
        add_class(app, name)
        drop(app, *[(f"{number}.png", png(10 * place + number)) for number in range(3)])
    app.text_input(key="own-name").set_value("digits").run()
    app.switch_page(pages.DATASET).run()
    app.switch_page(pages.OWN_IMAGES).run()
    press(app, "Make data set")
    assert "comes with the app" in app.error[0].value
    assert "**cat**, 3 photos" in words(app)
    assert "**dog**, 3 photos" in words(app)


def test_photos_survive_a_failed_import(home, monkeypatch):
    datasets.ensure("digits-8")
    app = open_page(pages.OWN_IMAGES)
    for place, name in enumerate(("cat", "dog")):
        add_class(app, name)
        drop(app, *[(f"{number}.png", one_colour(3 * place + number, (1100, 1000), "PNG")) for number in range(3)])
    monkeypatch.setenv("CNNAPP_MAX_IMAGE_MEGAPIXELS", "1")  # the worker's, who reads its settings anew
    press(app, "Make data set")
    settled(app)
    assert "of the folders hold readable images" in app.error[0].value
    app.switch_page(pages.OWN_IMAGES).run()
    assert "“cat and dog” was not made" in app.error[0].value
    assert "**cat**, 3 photos" in words(app)
    monkeypatch.delenv("CNNAPP_MAX_IMAGE_MEGAPIXELS")
    press(app, "Make data set")
    settled(app)
    assert app.query_params["dataset"] == "cat-and-dog"
