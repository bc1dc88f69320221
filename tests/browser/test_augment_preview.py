"""Augmentation on the Data set page: what is chosen changes the preview, and goes along to the form of a run."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import choose, no_errors, open_page, settle
from tests.browser.training import press

pytestmark = pytest.mark.browser


@pytest.fixture
def preview(server: str, page: Page) -> Locator:
    """The grid of the view "Augment" for digits, whose every digit stays as it is."""
    open_page(page, f"{server}/dataset?dataset=digits&view=Augment")
    expect(tiles(page).first).to_be_visible(timeout=60_000)  # the set may have to be prepared first
    choose(page, "Augmentation preset", "None")
    expect(page.get_by_text("No changes")).to_be_visible()
    return page.get_by_role("group", name="4 training images")


def tiles(page: Page) -> Locator:
    return page.get_by_role("img", name="Image ")


def look(preview: Locator) -> list[bytes]:
    """What each tile of the first row shows, once it stands still."""
    settle(preview.page)
    shown = [preview.get_by_role("img", name=f"Image 1, {head}") for head in ("original", "draw 1", "draw 2")]
    return [tile.screenshot() for tile in shown]


def wait_for_change(preview: Locator, before: list[bytes]) -> list[bytes]:
    for _ in range(50):
        if (now := look(preview))[1] != before[1]:
            return now
        preview.page.wait_for_timeout(100)
    raise AssertionError("the preview shows the same as before")


def test_a_preset_changes_the_draws_and_never_the_original(page: Page, preview: Locator) -> None:
    expect(tiles(page)).to_have_count(24)
    plain = look(preview)
    choose(page, "Augmentation preset", "CIFAR-10 shown")
    changed = wait_for_change(preview, plain)
    assert changed[0] == plain[0]
    assert changed[1] != changed[2]
    expect(page.get_by_text("Drawn with seed 0.")).to_be_visible()
    press(page, "Another draw")
    expect(page.get_by_text("Drawn with seed 1.")).to_be_visible()
    again = wait_for_change(preview, changed)
    assert again[0] == plain[0]
    no_errors(page)


def test_mixup_names_both_labels_with_their_shares(page: Page, preview: Locator) -> None:
    page.get_by_text("Adjust", exact=True).click()
    mixup = page.get_by_role("slider", name="Mixup")
    for _ in range(5):
        if mixup.input_value() == "2":
            break
        mixup.press("End")
        settle(page)
    expect(page.get_by_text("Blend two images (mixup) 2.")).to_be_visible()
    expect(preview.get_by_text(r"%").first).to_be_visible()
    captions = preview.locator("figcaption").all_inner_texts()
    assert sum(text.count("%") == 2 for text in captions) >= 10


def test_what_is_chosen_goes_to_the_form_of_a_run(page: Page, preview: Locator) -> None:
    choose(page, "Augmentation preset", "Food")
    expect(page.get_by_text("Horizontal flip, zoom 0.2")).to_be_visible()
    press(page, "Use these for training")
    page.get_by_role("link", name="Train with them").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    settle(page)
    expect(page.get_by_text("Differs from this network's recipe: augmentation.")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    expect(page.get_by_role("combobox", name="Augmentation preset")).to_have_value("Photos, with shifts (food)")
    expect(page.get_by_role("slider", name="Shear")).to_have_value("0.2")
    no_errors(page)
    page.get_by_role("button", name="Preview").click()
    expect(tiles(page)).to_have_count(24)
