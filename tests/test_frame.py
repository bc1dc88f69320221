"""The frame without a browser: text from users, choices carried along, Home."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnapp import datasets, runs
from cnnapp.ui.home import showcase, sketches
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import decimal, duration, percent
from cnnapp.ui.pages import ARCHITECTURE, HOME, PAGES
from tests.kit.app_pages import PATIENCE, make_app
from tests.kit.waiting import finish
from tests.kit.written_runs import write_run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def app(home: Path) -> AppTest:
    return make_app()


def picker(picked: str) -> AppTest:
    """A page that shows one picker and what it returns."""

    def page(picked: str) -> None:
        import streamlit as st

        from cnnapp.ui.choice import pickers

        st.text(getattr(pickers, f"pick_{picked}")())
        pickers.write_address()

    return AppTest.from_function(page, args=(picked,), default_timeout=PATIENCE)


def test_every_page_of_the_menu_exists_and_has_its_own_address() -> None:
    assert all((ROOT / "pages" / entry.path).is_file() for entry in PAGES)
    assert len({entry.url_path for entry in PAGES}) == len(PAGES)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b*c* `d` [e](f) <g> #1", r"a\_b\*c\* \`d\` \[e\]\(f\) \<g\> \#1"),
        (":red[x] :smile:", ":\u2060red\\[x\\] :\u2060smile:"),
        ("http://a.b", ":\u2060".join(["http", "//a\\.b"])),
        ("two\nlines", "two lines"),
    ],
)
def test_escaped_text_holds_no_markup(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.9744, "97.4 %"), (1.0, "100.0 %"), (0.99996, "> 99.9 %"), (0.0002, "< 0.1 %"), (0.0, "0.0 %")],
)
def test_percent_never_rounds_to_certainty(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(38, "38 s"), (99, "99 s"), (300, "5 min"), (7200, "2 h"), (200_000, "2 days")]
)
def test_duration_in_its_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_number_has_the_minus_sign_of_the_charts() -> None:
    assert [decimal(value) for value in (-0.06032, 2.0, -1.5e-7)] == ["−0.0603", "2", "−1.5e−07"]


@pytest.mark.usefixtures("home")
def test_a_data_set_titled_like_its_name_is_named_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    array = tmp_path / "bugs.npz"
    np.savez(array, x_train=rng.integers(0, 255, (40, 8, 8), np.uint8), y_train=np.arange(40) % 2)
    finish(datasets.request_import(array, "my_colours"))
    options = picker("dataset").run().selectbox[0].options
    assert "my_colours" in options
    assert not [option for option in options if option.startswith("my_colours ·")]


def test_address_chooses_the_data_set(home: Path) -> None:
    page = picker("dataset")
    page.query_params["dataset"] = "x_or_o"
    page.run()
    assert page.text[0].value == "x_or_o"
    assert not page.warning


def test_pick_is_put_into_the_address(home: Path) -> None:
    page = picker("architecture").run()
    assert page.query_params["network"] == "lenet5"
    page.selectbox[0].select("dense").run()
    assert page.text[0].value == "dense"
    assert page.query_params["network"] == "dense"


def test_unknown_name_in_the_address_gives_a_sentence_and_the_default(home: Path) -> None:
    page = picker("architecture")
    page.query_params["network"] = "*nope*"
    page.run()
    assert not page.exception
    assert r"\*nope\*" in page.warning[0].value
    assert page.text[0].value == "lenet5"


def page_after_an_import() -> None:
    import streamlit as st

    from cnnapp.ui.choice import pickers

    if "done" in st.session_state:  # as an import that has just ended
        pickers.choose_dataset(st.session_state.pop("done"))
    st.text(pickers.pick_dataset())
    pickers.write_address()


def test_the_address_of_a_browser_that_lags_behind_does_not_undo_a_choice(home: Path) -> None:
    app = AppTest.from_function(page_after_an_import, default_timeout=PATIENCE).run()
    before = app.query_params["dataset"]
    app.session_state["done"] = "x_or_o"
    app.run()
    app.query_params["dataset"] = before  # as in a tick that was under way
    app.run()
    assert app.text[0].value == app.query_params["dataset"] == "x_or_o"
    app.run()  # now it has heard
    app.query_params["dataset"] = before  # a step back
    app.run()
    assert app.text[0].value == before


def test_what_the_browser_said_before_it_knew_does_not_undo_a_choice(home: Path) -> None:
    app = AppTest.from_function(page_after_an_import, default_timeout=PATIENCE).run()
    seen_in_the_browser = app._tree
    app.session_state["done"] = "x_or_o"
    app.run()
    assert app.text[0].value == "x_or_o"
    app._tree = seen_in_the_browser
    app.selectbox[0].select("digits").run()
    assert app.text[0].value == app.query_params["dataset"] == "x_or_o"


def test_home_works_in_an_empty_library(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["CNN Lab"]
    assert [button.label for button in app.button] == ["Train on digits now"]


def test_two_presses_start_one_run(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)  # the run stays queued: no worker in this test
    for _ in range(2):
        app.switch_page(HOME).run()
        app.button[0].click().run()
        assert not app.exception
    (run,) = runs.list_runs()
    assert (run.dataset, run.architecture, run.state) == ("digits", "lenet5", "queued")
    app.switch_page(HOME).run()
    assert any(escape(run.title) in text.value for text in app.markdown)


def test_home_s_estimate_is_that_of_the_run_that_its_button_starts(app: AppTest) -> None:
    first = runs.configure_first_run()
    write_run("finished", epochs=15)  # of LeNet-5's own recipe
    app.run()
    assert "usually less than a minute" in app.caption[-1].value
    write_run("finished", epochs=30, recipe=first.recipe)
    app.run()
    assert "trained in 12 s here last time" in app.caption[-1].value


def test_choice_is_carried_to_another_page(app: AppTest) -> None:
    app.run()
    app.session_state["chosen_network"] = "dense"
    app.switch_page(ARCHITECTURE).run()
    assert app.query_params["network"] == "dense"


def test_bundled_pictures_stand_for_all_steps() -> None:
    pictures = showcase.bundled()
    assert all(svg.startswith("<svg") for svg in (pictures.network, pictures.training, pictures.answer))
    assert {Image.open(io.BytesIO(png)).size for png in (pictures.data, pictures.maps)} == {(480, 300)}


def test_sketches_stand_odd_input() -> None:
    assert "<polyline" in sketches.draw_curves([], [])
    assert "<circle" not in sketches.draw_curves([0.5], [None])
    assert "&lt;b&gt;" in sketches.draw_answer([("<b>", 1.0)])
    assert sketches.tile_maps(np.zeros((4, 4, 2), np.float32))
    assert sketches.tile_samples(np.zeros((2, 8, 6, 3), np.uint8))
