"""Somebody makes a data set of their own photos, dropped or taken with the camera, and looks through its pages."""

import re
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.browser.importing import begin_import, import_file
from tests.browser.server import choose, drop, no_errors, open_page, settle
from tests.browser.training import press
from tests.kit.image_trees import as_folder, as_zip, classes

pytestmark = pytest.mark.browser


def add_class(page: Page, name: str) -> None:
    page.get_by_role("textbox", name="Add a class").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
    settle(page)


def drop_photos(page: Page, name: str, photos: list[Path], *, now: int) -> None:
    """Drop photos on the chosen class and wait until it has `now`."""
    drop(page.get_by_test_id("stFileUploaderDropzone"), *photos)
    expect(page.get_by_text(f"{name}, {now} photos")).to_be_visible()
    settle(page)


def make_set(page: Page, numbers: str | re.Pattern[str]) -> None:
    """Name the set, make it, and wait until it is chosen and has these numbers."""
    name = f"Own {token_hex(2)}"  # another one at a second try
    page.get_by_role("textbox", name="Name of the data set").fill(name)
    page.keyboard.press("Enter")
    settle(page)
    press(page, "Make data set")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(re.compile(name))
    expect(page.get_by_text(numbers)).to_be_visible()
    no_errors(page)


def test_photos_dropped_into_two_classes_become_the_chosen_data_set(server: str, page: Page, tmp_path: Path) -> None:
    folder = as_folder(tmp_path, classes("ant", "bee", each=10))
    bad = tmp_path / "letter.png"
    bad.write_bytes(b"no image")
    begin_import(page, server)
    page.get_by_role("link", name="Make your own").last.click()
    expect(page.get_by_role("heading", name="Make your own")).to_be_visible()
    for name in ("ant", "bee"):
        add_class(page, name)
        drop_photos(page, name, sorted((folder / name).iterdir()), now=10)
    drop(page.get_by_test_id("stFileUploaderDropzone"), bad)
    expect(page.get_by_role("alert")).to_contain_text("letter.png is a text file")
    page.get_by_role("group", name=re.compile("10 photos")).click(position={"x": 40, "y": 40})
    press(page, "Remove photo 1")
    expect(page.get_by_text("bee, 9 photos")).to_be_visible()
    make_set(page, "14 train · 2 validation · 3 test · 2 classes · 12×10×3")


def take_photos(page: Page, name: str, count: int) -> None:
    """Press the camera's button `count` times, each time when it shows something."""
    for number in range(1, count + 1):
        page.wait_for_function("document.querySelector('[data-testid=stCameraInput] video')?.readyState === 4")
        page.get_by_role("button", name="Take Photo", exact=True).click()
        expect(page.get_by_text(re.compile(rf"{name}, {number} photos?\b"))).to_be_visible()
        settle(page)


def test_photos_are_taken_one_after_the_other_by_a_camera_that_is_started_once_each(server: str, page: Page) -> None:
    """A camera that is started anew when it has just come on takes nothing for a moment, and a press is lost."""
    page.add_init_script(
        "window.starts = 0; const start = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = wanted => { window.starts += 1; return start(wanted); };"
    )
    open_page(page, f"{server}/make-your-own")
    for name in ("left", "right"):
        add_class(page, name)
        page.get_by_role("radio", name="Camera").click()
        settle(page)
        take_photos(page, name, 3)
        if name == "left":
            assert page.evaluate("window.starts") == 1 + 3  # anew after each photo
    # Frames that look alike stay in one part: how many there are is up to the moment, six photos in all.
    make_set(page, re.compile("(4 train · 2|3 train · 3|2 train · 4) test · 2 classes"))


def test_gallery_is_turned_page_by_page(server: str, page: Page, tmp_path: Path) -> None:
    archive = as_zip(tmp_path / "many.zip", classes("ant", "bee", each=80))
    import_file(page, server, archive, f"Many {token_hex(2)}", 160)
    choose(page, "Class", "bee")
    expect(page.get_by_text("Page 1 of 2: images 1 to 60 of 68.")).to_be_visible()
    press(page, "Next page")
    expect(page.get_by_text("Page 2 of 2: images 61 to 68 of 68.")).to_be_visible()
    page.get_by_role("group", name=re.compile("8 images")).click(position={"x": 40, "y": 40})
    expect(page.get_by_role("heading", name=re.compile(r"Image 1\d\d as numbers"))).to_be_visible()
    expect(page.get_by_text("Label bee")).to_be_visible()
    expect(page.get_by_text("File bee/")).to_be_visible()
    no_errors(page)
