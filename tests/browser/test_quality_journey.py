"""From a zip with a leak and a dark image to a version of the data set without them."""

import io
import re
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.importing import import_file
from tests.browser.server import no_errors, settle
from tests.browser.training import press
from tests.kit.image_trees import as_zip

pytestmark = pytest.mark.browser


def picture(seed: int, kind: str = "PNG", lightest: int = 256) -> bytes:
    """Clouds of colour."""
    blocks = np.random.default_rng(seed).integers(0, lightest, (6, 6, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(blocks).resize((32, 32), Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


def write_photos(path: Path) -> Path:
    """30 training and 12 test images of two classes; one training image is also a test image, one is dark."""
    files = {f"train/{'ant' if number < 15 else 'bee'}/{number}.png": picture(number) for number in range(30)}
    files |= {f"test/{'ant' if number < 105 else 'bee'}/{number}.png": picture(number) for number in range(100, 110)}
    files |= {"test/bee/again.jpg": picture(20, "JPEG"), "test/ant/night.png": picture(200, lightest=40)}
    return as_zip(path, files)


def test_a_leak_and_a_dark_image_are_found_and_left_out(server: str, page: Page, tmp_path: Path) -> None:
    name = f"Photos {token_hex(2)}"  # another one at a second try
    import_file(page, server, write_photos(tmp_path / "photos.zip"), name, 42)
    expect(page.get_by_text("27 train · 3 validation · 12 test · 2 classes")).to_be_visible()

    page.get_by_role("radio", name="Check").or_(page.get_by_role("button", name="Check", exact=True)).click()
    settle(page)
    press(page, "Check the images")
    expect(page.get_by_text("All 42 images were looked at")).to_be_visible()
    expect(page.get_by_text("In two parts at once · 1")).to_be_visible()
    expect(page.get_by_text("again.jpg")).to_be_visible()
    expect(page.get_by_text("1 image left out.", exact=False)).to_be_visible()

    page.get_by_text("Very dark · 1").click()
    expect(page.get_by_text("night.png")).to_be_visible()
    page.get_by_text("Leave out", exact=True).last.click()
    expect(page.get_by_text("2 images left out.", exact=False)).to_be_visible()
    press(page, "Make version 2")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(re.compile("-v2"))
    expect(page.get_by_text("11 test · 2 classes")).to_be_visible()
    expect(page.get_by_text(re.compile(f"Version 2, made of “{name}”: 2 images left out"))).to_be_visible()
    no_errors(page)
