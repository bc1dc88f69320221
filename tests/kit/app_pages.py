"""Pages opened in Streamlit's own test harness, at an address, and what is read and done there."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).parents[2] / "pages"
PATIENCE = 120  # seconds for one run of a page: only one that hangs takes longer


def make_app() -> AppTest:
    """The app as a new visitor's session, before its first page."""
    return AppTest.from_file(PAGES / "navigation.py", default_timeout=PATIENCE)


def open_page(page: str, *, state: dict[str, Any] | None = None, **query: object) -> AppTest:
    """Open a page of `cnnapp.ui.pages` with these words in its address, and `state` as its session's."""
    app = make_app()
    for name, value in query.items():
        app.query_params[name] = str(value)
    for name, value in (state or {}).items():
        app.session_state[name] = value
    return visit(app.run(), page)  # Streamlit knows its pages after the first run


def visit(app: AppTest, page: str) -> AppTest:
    """Go on to another page."""
    app.switch_page(page).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """What the page says outside of alerts about errors."""
    blocks = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.warning]
    return " ".join(block.value for block in blocks)


def find_button(app: AppTest, label: str):
    """The first button with exactly this label, else the first whose label begins with it."""
    exact = [button for button in app.button if button.label == label]
    return (exact or [button for button in app.button if button.label.startswith(label)])[0]


def press(app: AppTest, label: str) -> None:
    """Press a button."""
    find_button(app, label).click().run()
    assert not app.exception
