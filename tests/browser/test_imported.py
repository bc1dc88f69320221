"""The same journey on purpose: own images, another network, other settings."""

import re
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.importing import import_file
from tests.browser.server import choose, follow_link, no_errors
from tests.browser.training import fill, press

pytestmark = [pytest.mark.browser, pytest.mark.keras]
COLOURS = {"red": (200, 60, 60), "green": (60, 200, 60), "blue": (60, 60, 200)}


def write_archive(path: Path, *, train: int, test: int) -> Path:
    """Noisy images 16x16 of three colours, in the layout of Keras' own data sets."""
    random = np.random.default_rng(0)
    labels = np.arange(train + test) % 3
    noise = random.normal(0, 40, (train + test, 16, 16, 3))
    images = np.clip(np.array(list(COLOURS.values()))[labels, None, None] + noise, 0, 255).astype(np.uint8)
    np.savez(
        path,
        x_train=images[:train],
        y_train=labels[:train],
        x_test=images[train:],
        y_test=labels[train:],
        class_names=np.array(list(COLOURS)),
    )
    return path


def test_own_images_are_imported_trained_and_tested(server: str, page: Page, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "colours.npz", train=240, test=60)
    import_file(page, server, archive, f"Three colours {token_hex(2)}", 300)  # another name at a second try
    expect(page.get_by_text("216 train · 24 validation · 60 test · 3 classes · 16×16×3")).to_be_visible()
    no_errors(page)

    follow_link(page, "Next: choose a network", "Architecture")
    choose(page, "Network", "dense")
    expect(page.get_by_role("heading", name=re.compile("parameters"))).to_contain_text("657,923 parameters")

    follow_link(page, "Next: train it", "Train")
    fill(page, "Epochs", "4")
    fill(page, "Batch size", "24")
    choose(page, "Optimiser", "SGD")
    fill(page, "Learning rate", "0.02")
    press(page, "Start")
    expect(page).to_have_title(re.compile(r"✓ (9\d\.\d|100\.0) %"))
    expect(page.get_by_text("epoch 4/4 · step 36/36")).to_be_visible()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(
        re.compile("three-colours")
    )  # Train has room for the short name
    no_errors(page)


def test_settings_that_cannot_be_trained_are_one_sentence_each(server: str, page: Page, tmp_path: Path) -> None:
    import_file(page, server, write_archive(tmp_path / "few.npz", train=9, test=3), f"Few {token_hex(2)}", 12)
    follow_link(page, "Next: choose a network", "Architecture")
    follow_link(page, "Next: train it", "Train")
    alert = page.get_by_role("alert").last  # below a warning that there are few images
    start = page.get_by_role("button", name="Start", exact=True)
    expect(alert).to_contain_text("fewer than the batch size of 64: use a batch size of 8 or less")
    expect(start).to_be_disabled()
    fill(page, "Batch size", "4")
    expect(start).to_be_enabled()
    page.get_by_text("Advanced", exact=True).click()
    share = page.get_by_role("slider", name="Validation share")
    share.press("Home")
    share.press("ArrowRight")  # 0.01
    expect(alert).to_contain_text("of 9 training images is no image at all")
    expect(start).to_be_disabled()
    no_errors(page)
