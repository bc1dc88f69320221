"""Pages opened in Streamlit's own test harness, at an address, and what is done there."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"


def open_page(page: str, **query: str) -> AppTest:
    """Open a page of `cnnapp.ui.pages` with these words in its address."""
    app = AppTest.from_file(NAVIGATION, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return visit(app.run(), page)


def visit(app: AppTest, page: str) -> AppTest:
    """Go on to another page."""
    app.switch_page(page).run()
    assert not app.exception
    return app


def find_button(app: AppTest, label: str):
    """The first button with exactly this label."""
    return next(button for button in app.button if button.label == label)


def press(app: AppTest, label: str) -> None:
    """Press the first button with exactly this label."""
    find_button(app, label).click().run()
    assert not app.exception
