import base64
import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnapp.errors import CnnAppError
from cnnapp.figures.probabilities import ClassShare
from cnnapp.ui import pages
from cnnapp.ui.choice.picture import Picture
from cnnapp.ui.components.draw_pad import MAX_BYTES, PadPicture, read_pad
from cnnapp.ui.kit.words import percent
from cnnapp.ui.predict.answers import Answer, Entry, as_csv
from cnnapp.ui.predict.picture_shelf import Mark, Shelf
from tests.kit.app_pages import open_page, press, words
from tests.kit.trained_library import Trained

DRAWN = Path(__file__).parents[2] / "kit" / "drawn_digits"
needs_host = pytest.mark.keras


def drop(app: AppTest, *files: tuple[str, bytes]) -> None:
    app.file_uploader[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception


def drawing(name: str) -> tuple[str, bytes]:
    return name, (DRAWN / name).read_bytes()


def test_an_empty_library_says_what_is_missing_and_where_to_get_it(home: Path) -> None:
    app = open_page(pages.PREDICT)
    assert "No trained network yet" in words(app)
    assert not app.error


@needs_host
def test_without_a_picture_the_page_says_what_the_network_knows(trained: Trained) -> None:
    assert "0, 1, 2" in words(open_page(pages.PREDICT, run=trained.run))


@needs_host
def test_one_picture_is_answered_in_a_sentence_and_with_what_was_done_to_it(trained: Trained) -> None:
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, drawing("3_marker.png"))
    assert "A three, with" in words(app)
    assert "percent confidence" in words(app)


@needs_host
def test_a_blank_picture_is_answered_with_a_warning(trained: Trained) -> None:
    blank = io.BytesIO()
    Image.new("L", (40, 40), 255).save(blank, "PNG")
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, ("blank.png", blank.getvalue()))
    assert [warning.value for warning in app.warning if "blank" in warning.value]


@needs_host
def test_a_bad_file_is_told_beside_the_good_ones_answers(trained: Trained) -> None:
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, drawing("3_marker.png"), ("broken.png", b"\x89PNG\r\n\x1a\nbroken"), drawing("1_fat.png"))
    table = app.dataframe[0].value
    assert list(table["file"]) == ["3_marker.png", "broken.png", "1_fat.png"]
    assert list(table["class"]) == ["3", "", "1"]
    assert "broken" in table["notes"][1]
    assert table["share"][0] > 0.3
    assert table["confidence"][0] == percent(table["share"][0])
    assert "broken" in app.error[0].value


@needs_host
def test_pictures_are_there_on_return_until_they_are_cleared(trained: Trained) -> None:
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, drawing("3_marker.png"))
    press(app, "Look inside")
    app.switch_page(pages.PREDICT).run()
    assert "A three, with" in words(app)
    drop(app, drawing("1_fat.png"))
    assert "A one, with" in words(app)
    assert list(app.dataframe[0].value["file"]) == ["1_fat.png", "3_marker.png"]
    press(app, "Clear pictures")
    assert "0, 1, 2" in words(app)
    assert not app.dataframe


@needs_host
def test_a_photo_can_be_taken(trained: Trained) -> None:
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, drawing("3_marker.png"))
    app.segmented_control(key="how").set_value("Photo").run()
    assert not app.exception
    assert app.get("camera_input")
    assert "A three, with" in words(app)


def picture(name: str, size: int = 1) -> dict[Mark, Picture]:
    return {Mark("files", name): Picture(name, bytes(size))}


def names(pictures: list[Picture]) -> list[str]:
    return [given.name for given in pictures]


def test_the_newest_picture_comes_first() -> None:
    shelf = Shelf()
    shelf.arrange(picture("a"))
    assert names(shelf.arrange(picture("a") | picture("b") | picture("c"))) == ["b", "c", "a"]
    assert names(shelf.arrange(picture("a") | picture("b") | picture("c"))) == ["b", "c", "a"]


def test_what_a_person_takes_away_is_gone() -> None:
    shelf = Shelf()
    shelf.arrange(picture("a") | picture("b"))
    assert names(shelf.arrange(picture("b"))) == ["b"]


def test_the_newest_20_pictures_of_32_mb_together_outlive_the_page() -> None:
    shelf = Shelf()
    many = {mark: given for number in range(30) for mark, given in picture(str(number)).items()}
    assert len(shelf.arrange(many)) == 30
    assert len(shelf.arrange(many)) == 30
    shelf.unhand("files")
    assert names(shelf.arrange({})) == [str(number) for number in range(20)]
    assert names(shelf.arrange(picture("large", 2**25 - 1)))[0] == "large"
    shelf.unhand("files")
    assert names(shelf.arrange({})) == ["large", "0"]


@needs_host
def test_looking_inside_takes_the_same_picture_along(trained: Trained) -> None:
    app = open_page(pages.PREDICT, run=trained.run)
    drop(app, drawing("3_marker.png"))
    press(app, "Look inside")
    assert app.session_state["carried_picture"].name == "3_marker.png"
    assert app.subheader[0].value.startswith("conv1")
    assert app.metric[0].value == "3"


def test_the_csv_has_a_row_per_picture_and_reads_back() -> None:
    pixels = np.zeros((2, 2, 1), np.uint8)
    answer = Answer(pixels, pixels, (), (ClassShare("cat, black", 0.75), ClassShare("dog", 0.25)))
    picture = Picture('a "b".png', b"")
    rows = list(csv.DictReader(io.StringIO(as_csv([Entry(picture, answer, ""), Entry(picture, None, "no, not read")]))))
    assert rows[0] == {
        "file": 'a "b".png',
        "class": "cat, black",
        "cat, black": "0.750000",
        "dog": "0.250000",
        "error": "",
    }
    assert rows[1]["error"] == "no, not read"


def test_what_was_drawn_arrives_as_bytes() -> None:
    assert read_pad(None) is None
    sent = {"name": "drawing", "data": base64.b64encode(b"png").decode()}
    assert read_pad(sent) == PadPicture("drawing", b"png")


@pytest.mark.parametrize(
    "sent",
    [
        "text",
        {},
        {"name": 1, "data": ""},
        {"name": "x", "data": "not base64!"},
        {"name": "x", "data": "A" * (2 * MAX_BYTES)},
        {"name": "x", "data": "é"},
    ],
)
def test_what_is_no_drawing_is_refused_in_words(sent: object) -> None:
    with pytest.raises(CnnAppError):
        read_pad(sent)
