import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.chromium import open_browser
from tests.browser.server import PATIENCE, no_errors, open_page, run_server, settle, stop_all
from tests.browser.training import curve, epochs_drawn, press, run_of

# A deep link makes Streamlit look for itself below the page's address first, which the browser reports as an error.
EXPECTED = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
# A slow browser asks for a picture that the next run of the page has replaced: only one that is still shown is missed.
PICTURE = re.compile(r"/media/\w+\.(png|jpg|webp|svg)\b")  # in the address, or in what Streamlit says of it
SERVER_GONE = re.compile(
    "ERR_CONNECTION|WebSocket|_stcore|Failed to fetch|disconnected from server|Streamlit still running"
)
expect.set_options(timeout=PATIENCE)  # playwright's 5 s are too few on a busy machine


def shows(page: Page, path: str) -> bool:
    """Whether a picture is on the page."""
    return page.locator(f'img[src$="{path}"]').count() > 0


class Visitors:
    """Pages in contexts of their own, and what their consoles reported as errors."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._errors: list[str] = []
        self._missed: list[tuple[Page, str]] = []  # pictures that the server had no more
        self.server_may_go = False  # then complaints about its absence are right

    def new(self, *, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
        """Open an empty page as somebody who was never here."""
        scheme = "dark" if dark else "light"
        context = self._browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        return page

    def leave(self) -> None:
        """Close all pages; assert that no console reported an error and that every picture has come."""
        lost = [path for page, path in self._missed if not page.is_closed() and shows(page, path)]
        for context in self._contexts:
            context.close()
        errors = [error for error in self._errors if not (self.server_may_go and SERVER_GONE.search(error))]
        assert not errors
        assert not lost

    def _note_message(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        if message.type != "error" or EXPECTED.search(url):
            return
        if message.page and (picture := PICTURE.search(url) or PICTURE.search(message.text)):
            self._missed.append((message.page, picture[0]))
        else:
            self._errors.append(f"{message.text} ({url})")


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that was empty at the start of the session."""
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="session")
def import_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the server from which its operator allows imports."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="session")
def server(shared_home: Path, import_root: Path) -> Iterator[str]:
    """The address of a server on the shared library; its operator allows downloads from this machine, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNAPP_ALLOW_PRIVATE_URLS", "1")
        patch.setenv("CNNAPP_IMPORT_ROOTS", str(import_root))
        with run_server(shared_home) as address:
            yield address


@pytest.fixture(autouse=True)
def _nothing_left_running(shared_home: Path) -> Iterator[None]:
    """Stop what a test that has failed halfway left running: the next one's runs would queue behind it."""
    yield
    stop_all(shared_home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """Whoever comes in this test."""
    guests = Visitors(browser)
    yield guests
    guests.leave()


@pytest.fixture
def new_page(visitors: Visitors) -> Callable[..., Page]:
    """Make pages in contexts of their own, as new visitors; errors in their consoles fail the test."""
    return visitors.new


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide, in light colours."""
    return new_page()


class TrainedDigits(NamedTuple):
    """What pressing the button on Home has led to."""

    address: str
    run: str
    title: str  # of the tab, at the end
    epochs_drawn: tuple[str, str]  # the x axis when the first curve was there, and later


@pytest.fixture(scope="session")
def trained_digits(server: str, browser: Browser) -> TrainedDigits:
    """Press "Train on digits now" on Home and watch to the end."""
    guests = Visitors(browser)
    page = guests.new()
    open_page(page, server)
    press(page, "Train on digits now")
    expect(curve(page)).to_be_visible()
    first = epochs_drawn(page)
    expect(page).to_have_title(re.compile("✓"))
    expect(page.get_by_text("epoch 30/30")).to_be_visible()
    settle(page)
    title = page.wait_for_function("() => document.title.includes('✓') && document.title").json_value()
    trained = TrainedDigits(server, run_of(page), title, (first, epochs_drawn(page)))
    no_errors(page)
    guests.leave()
    return trained
