"""The real server on a port of its own, and what every test of a page in the browser waits for and asserts."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
SETTLED = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"


@contextmanager
def run_server(home: Path) -> Iterator[str]:
    """Start `streamlit run app.py` on the library `home`; yield its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"CNNAPP_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    address = f"http://localhost:{port}"
    try:
        _wait_for(address, server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310 (own server)
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def settle(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.wait_for_selector(SETTLED, state="attached", timeout=30_000)
    page.wait_for_timeout(100)  # a rerun asked for by the script itself begins within this
    page.wait_for_selector(SETTLED, state="attached", timeout=30_000)


def no_errors(page: Page) -> None:
    """Assert that the page shows no traceback and no "Page not found"."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def open_page(page: Page, address: str) -> None:
    """Go to `address`, wait, and assert that nothing is broken."""
    page.goto(address)
    settle(page)
    no_errors(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose `option` (the beginning of its words) in the select box `label`."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def follow_menu(page: Page, title: str) -> None:
    """Go to the page `title` by the menu."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    page.wait_for_selector(f"[data-testid=stSidebarNavLink][aria-current=page]:has-text('{title}')")
    settle(page)
