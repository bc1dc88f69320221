"""What was dropped is shown before it is stored: a nested zip with one switch changed, names in another encoding."""

import re
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.browser.importing import begin_import, expect_reading, finish_import
from tests.browser.server import choose, drop, follow_link, no_errors, open_page, settle
from tests.browser.training import fill, press
from tests.kit.image_trees import as_zip, classes, png, under, unflagged_zip

pytestmark = pytest.mark.browser
INTEL = (
    under("seg_train/seg_train", classes("forest", "sea", each=12))
    | under("seg_test/seg_test", classes("forest", "sea", each=4, start=50))
    | {f"seg_pred/seg_pred/{number}.png": png(90 + number) for number in range(3)}
)


@pytest.mark.keras
def test_a_nested_zip_is_shown_as_a_tree_one_folder_is_kept_and_it_is_trained(
    server: str, page: Page, tmp_path: Path
) -> None:
    drop(begin_import(page, server), as_zip(tmp_path / "intel.zip", INTEL))
    expect_reading(page, "intel.zip: 35 files, read as: train / test folders")
    expect(page.get_by_text("seg_train/seg_train → training, 24 images")).to_be_visible()
    expect(page.get_by_text("seg_pred/seg_pred → left out, 3 files: its 3 pictures have no class")).to_be_visible()
    expect(page.get_by_alt_text("Pictures of forest")).to_have_count(2)
    first = page.url
    choose(page, "Role of seg_pred/seg_pred", "unlabelled")
    expect(page.get_by_text("seg_pred/seg_pred → unlabelled, 3 images")).to_be_visible()
    assert page.url != first
    open_page(page, page.url)  # nothing is lost
    expect(page.get_by_text("seg_pred/seg_pred → unlabelled, 3 images")).to_be_visible()
    finish_import(page, f"Intel {token_hex(2)}", 32)  # another name at a second try
    expect(page.get_by_text("8 test · 2 classes · 12×10×3 · 3 without a label")).to_be_visible()
    no_errors(page)

    follow_link(page, "Next: choose a network", "Architecture")
    choose(page, "Network", "dense")
    follow_link(page, "Next: train it", "Train")
    fill(page, "Epochs", "1")
    fill(page, "Batch size", "4")
    press(page, "Start")
    expect(page.get_by_text("epoch 1/1")).to_be_visible()
    expect(page).to_have_title(re.compile("✓"))
    no_errors(page)


def test_names_in_shift_jis_are_shown_and_another_encoding_is_chosen(server: str, page: Page, tmp_path: Path) -> None:
    names = [f"{label}/写真{number}.png" for label in "犬猫" for number in range(5)]
    drop(begin_import(page, server), unflagged_zip(tmp_path / "pets.zip", names, "cp932"))
    expect_reading(page)
    expect(page.get_by_text("犬 5")).to_be_visible()
    choose(page, "Names are written in", "Western European (DOS)")
    expect(page.get_by_text("犬 5")).to_have_count(0)
    choose(page, "Names are written in", "Japanese (Shift-JIS)")
    expect(page.get_by_text("猫 5")).to_be_visible()
    settle(page)
    finish_import(page, f"Pets {token_hex(2)}", 10)
    expect(page.get_by_text("Label 犬")).to_be_visible()
    no_errors(page)


def test_a_table_of_labels_gives_the_classes(server: str, page: Page, tmp_path: Path) -> None:
    rows = [f"{number}.png,{'ant' if number % 2 else 'bee'}" for number in range(12)]
    files = {"labels.csv": "\n".join(["file,kind", *rows]).encode()}
    files |= {f"pictures/{number}.png": png(number) for number in range(12)}
    drop(begin_import(page, server), as_zip(tmp_path / "insects.zip", files))
    expect_reading(page, "read as: classes in a table")
    expect(page.get_by_text("The classes were read from labels.csv: files by file, classes by kind.")).to_be_visible()
    expect(page.get_by_text("ant 6")).to_be_visible()
    finish_import(page, f"Insects {token_hex(2)}", 12)
    no_errors(page)


def test_the_tree_fits_a_phone_in_the_dark(server: str, new_page, tmp_path: Path) -> None:
    page = new_page(width=390, height=844, dark=True)
    drop(begin_import(page, server), as_zip(tmp_path / "intel.zip", INTEL))
    expect_reading(page)
    overflow = "() => document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    assert page.evaluate(overflow) <= 0
    no_errors(page)
