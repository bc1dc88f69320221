"""The first visit: one button on Home, and half a minute later a network that can be looked into and asked."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import TrainedDigits
from tests.browser.server import drop, follow_link, follow_menu, no_errors, open_page, settle

pytestmark = [pytest.mark.browser, pytest.mark.keras]
DRAWN = Path(__file__).parents[1] / "kit" / "drawn_digits"


def upload_zone(page: Page):
    return page.get_by_test_id("stFileUploaderDropzone")


def read_csv(file: Download) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.path().read_text())))


def test_one_press_trains_a_network_while_its_curve_moves(trained_digits: TrainedDigits) -> None:
    first, last = trained_digits.epochs_drawn
    assert first != last
    assert float(last.split()[-1]) >= 30
    percent = re.search(r"✓ ([\d.]+) %", trained_digits.title)
    assert percent, trained_digits.title
    assert float(percent[1]) >= 97


def test_the_network_is_looked_into_and_asked(trained_digits: TrainedDigits, page: Page) -> None:
    open_page(page, f"{trained_digits.address}/train?run={trained_digits.run}")
    follow_link(page, "Look inside", "Feature maps")
    expect(page.get_by_role("heading", name=re.compile("^conv1"))).to_be_visible(timeout=30_000)
    page.locator("button[data-name=conv2]").click()
    expect(page.get_by_role("heading", name=re.compile("^conv2 — 16 maps of 10 × 10"))).to_be_visible()
    expect(page).to_have_url(re.compile("layer=conv2"))
    no_errors(page)

    follow_menu(page, "Filters")
    expect(page.get_by_role("heading", name=re.compile("^conv2 — 16 kernels of 5 × 5"))).to_be_visible(timeout=30_000)
    page.get_by_role("radio", name="conv1").click()
    expect(page.get_by_role("heading", name=re.compile("^conv1 — 6 kernels of 5 × 5"))).to_be_visible()
    no_errors(page)

    follow_menu(page, "Predict")
    drop(upload_zone(page), DRAWN / "3_marker.png")
    expect(page.get_by_role("heading", name=re.compile(r"A three, with .* percent confidence"))).to_be_visible()
    expect(page.get_by_text("inverted: dark ink on light paper")).to_be_visible()
    page.get_by_role("button", name="Look inside").click()
    expect(page.get_by_role("heading", name="Feature maps", exact=True)).to_be_visible(timeout=30_000)
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile(r"A three, with .* percent confidence"))).to_be_visible()
    no_errors(page)


def test_a_bad_picture_is_one_sentence_beside_the_answer_to_a_good_one(
    trained_digits: TrainedDigits, page: Page, tmp_path: Path
) -> None:
    renamed, cut = tmp_path / "letter.png", tmp_path / "cut.png"
    renamed.write_text("no picture at all")
    cut.write_bytes((DRAWN / "1_fat.png").read_bytes()[:300])
    open_page(page, f"{trained_digits.address}/predict?run={trained_digits.run}")
    drop(upload_zone(page), renamed)
    alerts = page.get_by_role("alert")
    expect(alerts.filter(has_text="letter.png is a text file")).to_have_count(1)
    drop(upload_zone(page), DRAWN / "3_marker.png", cut)
    expect(alerts.filter(has_text="cut.png is a PNG image that is cut short")).to_have_count(1)
    with page.expect_download() as answers:
        page.get_by_role("button", name="Save as CSV").click()
    rows = read_csv(answers.value)
    assert [(row["file"], row["class"]) for row in rows] == [("3_marker.png", "3"), ("cut.png", ""), ("letter.png", "")]
    assert [bool(row["error"]) for row in rows] == [False, True, True]
    no_errors(page)


def test_history_and_network_are_taken_away(trained_digits: TrainedDigits, page: Page) -> None:
    open_page(page, f"{trained_digits.address}/runs?run={trained_digits.run}")
    with page.expect_download() as history:
        page.get_by_role("button", name="History (CSV)").click()
    rows = read_csv(history.value)
    assert len(rows) == 30
    assert max(float(row["val_accuracy"]) for row in rows) > 0.95
    with page.expect_download() as network:
        page.get_by_role("button", name="Network (.keras)").click()
    with zipfile.ZipFile(network.value.path()) as archive:
        assert "model.weights.h5" in archive.namelist()
    settle(page)
    no_errors(page)
