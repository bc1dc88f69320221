"""Every page, as a visitor meets it: by its address on a cold session, on a phone, in the dark."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cnnapp.ui.pages import PAGES, PageEntry
from tests.browser.server import open_page, run_server

pytestmark = pytest.mark.browser
every_page = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.url_path or "home")


@every_page
def test_deep_link_opens_the_page_under_its_title_and_fits_a_phone_in_the_dark(
    server: str, new_page: Callable[..., Page], entry: PageEntry
) -> None:
    page = new_page(width=390, height=844, dark=True)
    open_page(page, f"{server}/{entry.url_path}")
    expect(page).to_have_title(re.compile(entry.title if entry.url_path else "CNN Lab"))
    current = page.locator("[data-testid=stSidebarNavLink][aria-current=page]")
    expect(current).to_have_text(re.compile(entry.title) if not entry.hidden else [])
    overflow = "() => document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    assert page.evaluate(overflow) <= 0
    background = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert page.evaluate(background) == "rgb(16, 22, 29)"


def test_first_visit_of_a_cold_server_may_be_a_deep_link(tmp_path: Path, page: Page) -> None:
    with run_server(tmp_path / "library") as address:
        open_page(page, f"{address}/train")
        expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(sum(not entry.hidden for entry in PAGES))
        page.close()  # before the server goes: what it still loads would be reported missing
