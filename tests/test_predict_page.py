import base64
import csv
import io
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnapp.errors import CnnAppError
from cnnapp.figures.probabilities import ClassShare
from cnnapp.ui.answers import Answer, Entry, as_csv
from cnnapp.ui.draw_pad import MAX_BYTES, PadPicture, read_pad
from cnnapp.ui.explore import Picture
from tests.trained_library import PAGES, Trained

DRAWN = Path(__file__).parent / "drawn_digits"
needs_host = pytest.mark.keras


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(PAGES / "navigation.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("predict/predict.py").run()
    assert not app.exception
    return app


def drop(app: AppTest, *files: tuple[str, bytes]) -> None:
    app.file_uploader[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception


def drawing(name: str) -> tuple[str, bytes]:
    return name, (DRAWN / name).read_bytes()


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def test_an_empty_library_says_what_is_missing_and_where_to_get_it(home: Path) -> None:
    app = open_page()
    assert "No trained network yet" in words(app)
    assert not app.error


@needs_host
def test_without_a_picture_the_page_says_what_the_network_knows(trained: Trained) -> None:
    assert "0, 1, 2" in words(open_page(run=trained.run))


@needs_host
def test_one_picture_is_answered_in_a_sentence_and_with_what_was_done_to_it(trained: Trained) -> None:
    app = open_page(run=trained.run)
    drop(app, drawing("3_marker.png"))
    assert "A three, with" in words(app)
    assert "percent confidence" in words(app)


@needs_host
def test_a_bad_file_is_told_beside_the_good_ones_answers(trained: Trained) -> None:
    app = open_page(run=trained.run)
    drop(app, drawing("3_marker.png"), ("broken.png", b"\x89PNG\r\n\x1a\nbroken"), drawing("1_fat.png"))
    table = app.dataframe[0].value
    assert list(table["file"]) == ["3_marker.png", "broken.png", "1_fat.png"]
    assert list(table["class"]) == ["3", "", "1"]
    assert "broken" in table["notes"][1]
    assert table["confidence"][0] > 30  # percent
    assert "broken" in app.error[0].value


@needs_host
def test_looking_inside_takes_the_same_picture_along(trained: Trained) -> None:
    app = open_page(run=trained.run)
    drop(app, drawing("3_marker.png"))
    app.button[0].click().run()
    assert not app.exception
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
