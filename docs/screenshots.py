"""Take the README's pictures anew: `make screenshots` starts the real app on a fresh library and goes the journey."""

import io
import re
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from cnnapp.ui import pages
from cnnapp.ui.pages import TITLES
from tests.browser.chromium import open_browser
from tests.browser.server import drop, follow_menu, open_page, run_server, settle

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
DRAWN = ROOT / "tests" / "kit" / "drawn_digits" / "3_marker.png"
MINUTE = 60_000  # milliseconds


def new_page(browser: Browser, scheme: Literal["light", "dark"]) -> Page:
    """Return a page in a context of its own."""
    return browser.new_context(color_scheme=scheme).new_page()


def take(page: Page, name: str, *, height: int = 900) -> None:
    """Save what is seen at 1280 pixels width as `docs/pictures/<name>.png`."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.mouse.move(1270, 5)  # no tooltips
    settle(page)
    page.wait_for_timeout(1000)  # pictures decode and charts are drawn after the script has run
    save(page, name)


def save(page: Page, name: str) -> None:
    """Save what is seen now."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    path = PICTURES / f"{name}.png"
    picture.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def train(page: Page, address: str) -> None:
    """Press the one button, take the curves while they move, wait for the end."""
    open_page(page, address)
    page.get_by_role("button", name="Train on digits now").click()
    page.set_viewport_size({"width": 1280, "height": 960})
    page.mouse.move(1270, 5)
    expect(page.get_by_text(re.compile(r"epoch (1[5-9]|2\d)/30"))).to_be_visible(timeout=2 * MINUTE)
    page.wait_for_selector("[data-stale=true]", state="detached")  # not in the middle of a tick
    save(page, "train")
    expect(page).to_have_title(re.compile("✓"), timeout=2 * MINUTE)


def tour(page: Page) -> None:
    """Take the other pages on the way through the menu."""
    follow_menu(page, TITLES[pages.DATASET])
    take(page, "dataset")
    page.get_by_role("radio", name="Augment").click()
    take(page, "augment")
    follow_menu(page, TITLES[pages.ARCHITECTURE])
    take(page, "architecture")
    follow_menu(page, TITLES[pages.FEATURE_MAPS])
    page.locator("button[data-name=conv2]").click()
    take(page, "feature_maps", height=1300)
    follow_menu(page, TITLES[pages.FILTERS])
    take(page, "filters")
    follow_menu(page, TITLES[pages.PREDICT])
    drop(page.get_by_test_id("stFileUploaderDropzone"), DRAWN)
    expect(page.get_by_text("percent confidence")).to_be_visible(timeout=MINUTE)
    take(page, "predict")
    follow_menu(page, TITLES[pages.HOME])
    take(page, "home", height=600)


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, run_server(Path(home)) as address, open_browser() as browser:
        page = new_page(browser, "light")
        train(page, address)
        tour(page)
        dark = new_page(browser, "dark")
        open_page(dark, f"{address}/feature-maps?layer=conv1")
        take(dark, "feature_maps_dark")


if __name__ == "__main__":
    main()
