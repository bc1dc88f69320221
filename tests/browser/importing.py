"""What a person does and sees on the Import page."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import drop, open_page, settle

PICTURES = "() => [...document.querySelectorAll('[data-testid=stImage] img')].every((img) => img.naturalWidth > 0)"


def begin_import(page: Page, address: str, way: str = "File") -> Locator:
    """Go to the Import page by the button of the Data set page; return where files are dropped."""
    open_page(page, f"{address}/dataset")
    page.get_by_role("button", name="Import …").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    settle(page)
    if way != "File":
        page.get_by_role("radio", name=way, exact=True).click()
        settle(page)
    return page.get_by_test_id("stFileUploaderDropzone")


def expect_reading(page: Page, words: str = "read as:") -> None:
    """Wait until the page shows what was understood, and that the reading stands in its address."""
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile(r"[?&]reading=[\w-]+"))
    page.wait_for_function(PICTURES)  # one that the page is left before is not there any more: the console would say so


def finish_import(page: Page, name: str, images: int) -> None:
    """Name the set that was read, import its images, and wait until it is a data set and chosen."""
    page.get_by_role("textbox", name="Name").fill(name)
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name=f"Import {images:,} images", exact=True).click()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(re.compile(re.escape(name)))
    settle(page)


def import_file(page: Page, address: str, file: Path, name: str, images: int) -> None:
    """Drop a file on the Import page and make a data set of it as it is read."""
    drop(begin_import(page, address), file)
    expect_reading(page)
    finish_import(page, name, images)
