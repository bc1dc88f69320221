"""Before Start: what is measured is watched, called off, found again by whoever comes back, and used."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import no_errors, open_page, settle
from tests.browser.training import press

pytestmark = [pytest.mark.browser, pytest.mark.keras]
MEASURED = 400_000  # milliseconds: some seconds, but whoever measures gives way to all other work of the machine


def form(server: str, network: str) -> str:
    """The form of a network, another for each test and for no other: nothing was measured for it yet."""
    return f"{server}/train?dataset=digits&network={network}"


def open_measures(page: Page) -> None:
    page.get_by_text("Measure first").click()
    settle(page)


def measures(page: Page) -> Locator:
    """What is measured first; a run below has figures and curves of its own."""
    return page.get_by_test_id("stExpander").filter(has_text="Measure first")


def curve(page: Page) -> Locator:
    """The curve of the range test."""
    return measures(page).get_by_test_id("stVegaLiteChart")


def told(page: Page) -> Locator:
    """The figures of what was measured."""
    return measures(page).get_by_test_id("stMetric")


def test_a_learning_rate_is_found_after_a_reload_and_used(server: str, page: Page) -> None:
    unmeasured = form(server, "dense")  # the form of a run that others look at would show the curve, too
    open_page(page, unmeasured)
    open_measures(page)
    press(page, "Find a learning rate")
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_visible()
    open_page(page, unmeasured)
    expect(cancel).to_be_visible()  # without a click: what is under way is open
    expect(curve(page).get_by_text("learning rate", exact=True)).to_be_visible(timeout=MEASURED)
    expect(cancel).to_have_count(0)
    use = page.get_by_role("button", name=re.compile(r"^Use 0\.\d"))
    proposed = use.inner_text().removeprefix("Use ")
    expect(curve(page).get_by_text(proposed, exact=True).first).to_be_visible()
    expect(page.get_by_text(f"{proposed} is proposed")).to_be_visible()
    use.click()
    expect(page.get_by_role("button", name=re.compile(r"^Use 0\.\d"), disabled=False)).to_have_count(0)
    expect(curve(page)).to_be_visible()
    rate = page.get_by_role("spinbutton", name="Learning rate", exact=True)
    assert float(rate.input_value()) == float(proposed)
    open_page(page, unmeasured)
    expect(curve(page)).to_be_hidden()
    open_measures(page)
    expect(curve(page)).to_be_visible()
    no_errors(page)


def test_a_check_is_called_off_after_a_reload(server: str, page: Page) -> None:
    unmeasured = form(server, "fast")
    open_page(page, unmeasured)
    open_measures(page)
    page.get_by_role("tab", name="Time and memory").click()
    check = page.get_by_role("button", name="Check time and memory", exact=True)
    check.click()
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_visible()
    open_page(page, unmeasured)
    expect(page.get_by_role("tab", name="Time and memory")).to_have_attribute("aria-selected", "true")
    cancel.click()
    expect(check).to_be_visible(timeout=MEASURED)
    expect(cancel).to_have_count(0)
    expect(told(page)).to_have_count(0)
    no_errors(page)


def test_time_and_memory_are_told_and_the_fastest_mode_is_chosen(server: str, page: Page) -> None:
    open_page(page, form(server, "dense"))
    open_measures(page)
    page.get_by_role("tab", name="Time and memory").click()
    press(page, "Check time and memory")
    expect(told(page)).to_have_count(3, timeout=MEASURED)
    for label in ("Time to the end", "Memory", "Largest batch"):
        expect(told(page).filter(has_text=label)).to_contain_text(re.compile(r"\d"))
    settle(page)
    cell = page.locator("canvas td").filter(has_text="(chosen)")  # what a screen reader reads of the table
    chosen = (cell.text_content() or "").split()
    page.get_by_text("Advanced", exact=True).click()
    expect(page.get_by_role("combobox", name="Precision")).to_have_value(chosen[0])
    expect(page.get_by_role("switch", name="Compile with XLA")).to_be_checked(checked="XLA" in chosen)
    no_errors(page)
