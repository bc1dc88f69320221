"""What is chosen stays chosen: over pages, over reload, by a sent address, back and forth in history."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import choose, follow_menu, no_errors, open_page, settle

pytestmark = pytest.mark.browser


def expect_network(page: Page, key: str) -> None:
    """The select box and the address name the same network."""
    expect(page.get_by_role("combobox", name="Network")).to_have_value(re.compile(f"^{key}"))
    expect(page).to_have_url(re.compile(rf"[?&]network={key}(&|$)"))


def test_choice_goes_along_and_survives_a_reload(server: str, page: Page) -> None:
    open_page(page, f"{server}/architecture")
    expect_network(page, "lenet5")
    choose(page, "Network", "dense")
    expect_network(page, "dense")
    follow_menu(page, "Train")
    expect_network(page, "dense")
    page.reload()
    settle(page)
    expect_network(page, "dense")
    no_errors(page)


def test_back_returns_to_the_former_choice(server: str, page: Page) -> None:
    open_page(page, f"{server}/train?network=first_cnn")
    choose(page, "Network", "dense")
    expect_network(page, "dense")
    page.go_back()
    settle(page)
    expect_network(page, "first_cnn")


def test_unknown_choice_in_the_address_gives_a_sentence(server: str, page: Page) -> None:
    open_page(page, f"{server}/train?network=:red[nope]")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("from the address is not in this library")
    expect_network(page, "lenet5")
