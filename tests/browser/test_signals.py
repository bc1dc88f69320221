"""Beside the curves of a run that has ended: the doctor's word, the smaller curves, what the network says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TrainedDigits
from tests.browser.server import no_errors, open_page, settle
from tests.browser.training import curve, zoom_in

pytestmark = [pytest.mark.browser, pytest.mark.keras]
LOWER = "(y) => document.querySelector('[data-testid=stVegaLiteChart]').getBoundingClientRect().top > y"


def test_a_healthy_run_shows_its_smaller_curves_and_what_it_says(trained_digits: TrainedDigits, page: Page) -> None:
    open_page(page, f"{trained_digits.address}/train?run={trained_digits.run}")
    expect(page.get_by_text("Doctor: healthy after 30 epochs")).to_be_visible()
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    for kind, words in (("Pull (gradient norm)", "how strongly the mistakes pull"), ("Accuracy by class", "Lowest: ")):
        page.get_by_role("radio", name=kind).or_(page.get_by_role("button", name=kind)).click()
        expect(page.get_by_text(words)).to_be_visible()
        expect(charts).to_have_count(3)
    page.get_by_text("What it says now").click()
    expect(page.get_by_text(re.compile(r"After epoch 30: \d of 8 test images right"))).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stImage").get_by_role("img")).to_have_count(9)
    no_errors(page)


def test_the_wheel_over_a_chart_scrolls_the_page(trained_digits: TrainedDigits, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    open_page(page, f"{trained_digits.address}/train?run={trained_digits.run}")
    chart = curve(page)
    numbers = chart.locator("g[aria-label^=X-axis] .role-axis-label text")
    start = numbers.filter(has_text=re.compile("^0$"))
    expect(start).to_have_count(1)
    chart.scroll_into_view_if_needed()
    chart.hover()
    before = chart.bounding_box()
    assert before
    page.mouse.wheel(0, -200)
    page.wait_for_function(LOWER, arg=before["y"] + 50)
    expect(start).to_have_count(1)
    zoom_in(page)
    expect(start).to_have_count(0)
    chart.dblclick()
    expect(start).to_have_count(1)
