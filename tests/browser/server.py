"""The real server on a port of its own, and what every test of a page in the browser waits for and asserts."""

import base64
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

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from cnnapp.jobs.folder import JobFolder

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # milliseconds: only who hangs takes longer
SETTLED = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"


class Server:
    """`streamlit run app.py` on the library `home`; killed and started again, it keeps its address."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://localhost:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self._port)]
        command += ["--server.headless", "true"]
        environment = os.environ | {"CNNAPP_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._wait()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.terminate()
        self._process.wait(PATIENCE / 1000)

    def kill(self) -> None:
        """End it without a word; what it has started goes on."""
        self._process.kill()
        self._process.wait(PATIENCE / 1000)

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5).close()  # noqa: S310 (own server)
            except (URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server did not start:\n{self._log.read_text()}")


def stop_all(home: Path) -> None:
    """Have every run of the library `home` stop: runs outlive their server."""
    for folder in (home / "runs").glob("*/"):
        JobFolder(folder).call_off("stop")


@contextmanager
def run_server(home: Path) -> Iterator[str]:
    """Run a server on the library `home`; yield its address."""
    server = Server(home)
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def settle(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.wait_for_selector(SETTLED, state="attached")
    page.wait_for_timeout(100)  # a rerun asked for by the script itself begins within this
    page.wait_for_selector(SETTLED, state="attached")


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
    wanted = page.get_by_role("option", name=option).first
    for last in (False, False, False, False, True):
        page.get_by_role("combobox", name=label).click()
        try:
            wanted.click(timeout=5000)
            break
        except PlaywrightTimeoutError:  # a page still busy with drawing closes the list again
            if last:
                raise
            page.keyboard.press("Escape")
    settle(page)


def follow_menu(page: Page, title: str) -> None:
    """Go to the page `title` by the menu."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    page.wait_for_selector(f"[data-testid=stSidebarNavLink][aria-current=page]:has-text('{title}')")
    settle(page)


def follow_link(page: Page, name: str, title: str) -> None:
    """Go by the link `name` within the page to the page `title`."""
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    settle(page)


def drop(zone: Locator, *files: Path) -> None:
    """Drop files on `zone` as a mouse does."""
    contents = [{"name": file.name, "data": base64.b64encode(file.read_bytes()).decode()} for file in files]
    carried = zone.page.evaluate_handle(
        """(files) => {
            const carried = new DataTransfer();
            for (const { name, data } of files)
                carried.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], name));
            return carried;
        }""",
        contents,
    )
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": carried})
