"""Images from every source that a browser offers: an archive, a folder, an address; made by the tests."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import drop, no_errors, open_page, run_server, settle
from tests.browser.training import SOON, press
from tests.image_trees import as_folder, as_tar, as_zip, classes, under

pytestmark = pytest.mark.browser
FILES = under("train", classes("ant", "bee", each=5)) | under("test", classes("ant", "bee", each=2, start=50))
NOTES = {"train/ant/notes.txt": b"text"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def files_server(tmp_path: Path) -> Iterator[str]:
    """The address of the folder `served` over http."""
    folder = tmp_path / "served"
    folder.mkdir()
    served = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose operator allows downloads from this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNAPP_ALLOW_PRIVATE_URLS", "1")
        with run_server(tmp_path_factory.mktemp("library")) as address:
            yield address


def begin(page: Page, address: str) -> None:
    open_page(page, f"{address}/dataset")
    page.get_by_role("button", name="Import …").click()
    settle(page)


def finish(page: Page, name: str, numbers: str) -> None:
    """Name the set, import it, and wait for it with the numbers that it must have."""
    name = f"{name} {token_hex(2)}"  # another one at a second try
    page.get_by_role("textbox", name="Name").fill(name)
    page.keyboard.press("Enter")
    settle(page)
    press(page, "Import")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(re.compile(name), timeout=SOON)
    expect(page.get_by_text(numbers)).to_be_visible(timeout=SOON)
    no_errors(page)


@pytest.mark.parametrize("write", [as_zip, as_tar], ids=["photos.zip", "photos.tar.gz"])
def test_a_dropped_archive(open_server: str, page: Page, tmp_path: Path, write) -> None:
    archive = write(tmp_path / ("photos.zip" if write is as_zip else "photos.tar.gz"), FILES | NOTES)
    begin(page, open_server)
    drop(page.get_by_test_id("stFileUploaderDropzone"), archive)
    finish(page, f"Dropped {write.__name__}", "9 train · 1 validation · 4 test · 2 classes · 12×10×3")
    expect(page.get_by_text("1 files were left out")).to_be_visible()


def test_a_chosen_folder(open_server: str, page: Page, tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "photos", FILES)
    begin(page, open_server)
    page.get_by_role("button", name="Folder").or_(page.get_by_role("radio", name="Folder")).click()
    settle(page)
    expect(page.get_by_text("Drop a folder")).to_be_visible()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(folder)
    finish(page, "A folder", "9 train · 1 validation · 4 test · 2 classes · 12×10×3")


def test_an_address(open_server: str, page: Page, tmp_path: Path, files_server: str) -> None:
    as_zip(tmp_path / "served" / "photos.zip", FILES)
    begin(page, open_server)
    page.get_by_role("button", name="Address").or_(page.get_by_role("radio", name="Address")).click()
    settle(page)
    page.get_by_role("textbox", name="Address").fill(f"{files_server}/photos.zip")
    page.keyboard.press("Enter")
    settle(page)
    finish(page, "From afar", "9 train · 1 validation · 4 test · 2 classes · 12×10×3")
    expect(page.get_by_text("SHA-256")).to_be_visible()
