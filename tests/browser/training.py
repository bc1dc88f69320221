"""What a person does and sees on the Train page."""

import contextlib
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import open_page, settle

ALL_EPOCHS = re.compile(r" from (0|−[\d.]+) ")  # of an axis: with a margin left of 0
FOREVER = "10000"  # epochs: the run lasts until it is stopped


def fill(page: Page, label: str, value: str) -> None:
    """Type into a number's field."""
    page.get_by_role("spinbutton", name=label).fill(value)
    page.keyboard.press("Enter")
    settle(page)


def press(page: Page, name: str) -> None:
    """Press the button with exactly this name."""
    page.get_by_role("button", name=name, exact=True).click()


def start_forever(page: Page, address: str) -> str:
    """Start LeNet-5 on digits for very many epochs and wait for its curves; return the run's id."""
    open_page(page, f"{address}/train?dataset=digits&network=lenet5")
    fill(page, "Epochs", FOREVER)
    press(page, "Start")
    expect_state(page, "running")
    expect(curve(page)).to_be_visible()
    return run_of(page)


def run_of(page: Page) -> str:
    """The run that the address names."""
    found = re.search(r"[?&]run=([\w-]+)", page.url)
    assert found, page.url
    return found[1]


def expect_state(page: Page, state: str) -> None:
    """Wait until the tab's title and the panel tell `state`."""
    expect(page).to_have_title(re.compile(rf" {state} ·"))
    expect(page.get_by_role("heading", name=re.compile(f"· {state}"))).to_be_visible()


def step_of(page: Page) -> int:
    """How many steps the panel says are done."""
    found = re.search(r"step ([\d,]+)/", page.get_by_test_id("stProgress").inner_text())
    return int(found[1].replace(",", "")) if found else 0


def expect_progress(page: Page, *, beyond: int) -> int:
    """Wait until more than `beyond` steps are told; return how many."""
    page.wait_for_function(
        """(beyond) => {
            const told = document.querySelector('[data-testid=stProgress]')?.innerText.match(/step ([\\d,]+)\\//);
            return told && Number(told[1].replaceAll(',', '')) > beyond;
        }""",
        arg=beyond,
    )
    return step_of(page)


def curve(page: Page, nth: int = 0):
    """The chart of the loss (0) or of the accuracy (1)."""
    return page.get_by_test_id("stVegaLiteChart").nth(nth)


def epochs_drawn(page: Page) -> str:
    """The x axis of the loss in the words that a screen reader reads: "… with values from 0 to 13"."""
    axis = curve(page).locator("g[aria-label^=X-axis]").first
    return axis.get_attribute("aria-label") or ""


def axis_of(page: Page) -> Locator:
    return curve(page).locator("g[aria-label^=X-axis]").first


def zoom_in(page: Page) -> None:
    """Turn the wheel until a part is seen: a chart that is drawn anew at that moment does not hear it."""
    curve(page).scroll_into_view_if_needed()
    for last in (False, False, True):
        curve(page).hover()
        page.keyboard.down("Control")
        page.mouse.wheel(0, -600)
        page.keyboard.up("Control")
        with contextlib.suppress(*() if last else (AssertionError,)):
            expect(axis_of(page)).not_to_have_attribute("aria-label", ALL_EPOCHS, timeout=5000)
            return
