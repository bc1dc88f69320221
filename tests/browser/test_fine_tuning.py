"""A run that begins with what a finished one has learned, in two phases that the live page tells apart."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TrainedDigits
from tests.browser.server import choose, no_errors, open_page, settle
from tests.browser.training import curve, expect_state, fill, press, run_of

pytestmark = [pytest.mark.browser, pytest.mark.keras]
# Whether the mark's words end within their chart, both looked at in one moment: the chart is drawn again and again.
WHOLE = """() => {
    const chart = document.querySelector("[data-testid=stVegaLiteChart] svg");
    const words = [...(chart?.querySelectorAll("text") ?? [])].find((found) => found.textContent === "phase 2");
    return words && words.getBoundingClientRect().right <= chart.getBoundingClientRect().right;
}"""


def test_a_finished_run_is_fine_tuned_in_two_phases(trained_digits: TrainedDigits, page: Page) -> None:
    open_page(page, f"{trained_digits.address}/train?dataset=digits&network=lenet5&run={trained_digits.run}")
    fill(page, "Epochs", "2000")
    page.get_by_text("Advanced", exact=True).click()
    choose(page, "Start from", "digits · lenet5 · 30 epochs")
    choose(page, "Fine-tune from layer", "conv2")
    fill(page, "Phase 1, epochs", "50")
    expect(page.get_by_text("Phase 1 (epochs 1–50): conv1, conv2 frozen")).to_be_visible()
    expect(page.get_by_text("Phase 2 (epochs 51–2000): conv1 frozen, learning rate 0.0001")).to_be_visible()
    press(page, "Start")
    page.wait_for_url(lambda url: trained_digits.run not in url)
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("phase 1 of 2")
    mark = curve(page).get_by_text("phase 2", exact=True)
    expect(mark).to_have_count(0)
    expect(progress).to_contain_text("phase 2 of 2")
    expect(mark).to_be_visible()
    page.wait_for_function(WHOLE)  # though it is at the right edge
    press(page, "Stop")
    expect_state(page, "stopped")
    settle(page)
    expect(mark).to_be_visible()
    assert run_of(page) != trained_digits.run
    no_errors(page)
