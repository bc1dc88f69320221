import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.chromium import open_browser
from tests.browser.server import run_server

# A deep link makes Streamlit look for itself below the page's address first, which the browser reports as an error.
EXPECTED = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")


def is_error(message: ConsoleMessage) -> bool:
    return message.type == "error" and not EXPECTED.search(message.location["url"])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on a library that was empty at the start of the session."""
    with run_server(tmp_path_factory.mktemp("library")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages in contexts of their own, as new visitors; errors in their consoles fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def new(*, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if is_error(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide, in light colours."""
    return new_page()
