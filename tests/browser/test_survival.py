"""A run belongs to nobody's tab: it survives what happens to pages and server, and what happens to it is told."""

import os
import re
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnnapp.runs import RunFolder
from tests.browser.conftest import Visitors
from tests.browser.server import SETTLED, Server, follow_menu, no_errors, open_page, settle, stop_all
from tests.browser.training import (
    ALL_EPOCHS,
    axis_of,
    curve,
    epochs_drawn,
    expect_progress,
    expect_state,
    fill,
    press,
    run_of,
    start_forever,
    step_of,
    zoom_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.keras]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own, which they may kill."""
    server = Server(tmp_path_factory.mktemp("lab"))
    server.start()
    yield server
    server.stop()
    stop_all(server.home)


@pytest.fixture(scope="module")
def endless(lab: Server, browser: Browser) -> str:
    """A run that trains until somebody ends it."""
    guests = Visitors(browser)
    run = start_forever(guests.new(), lab.address)
    guests.leave()
    return run


def run_folder(lab: Server, run: str) -> RunFolder:
    return RunFolder(lab.home / "runs" / run)


def watch(page: Page, lab: Server, run: str) -> None:
    open_page(page, f"{lab.address}/train?run={run}")
    expect_state(page, "running")
    expect(curve(page)).to_be_visible()


def test_zoom_survives_arriving_data(lab: Server, endless: str, page: Page) -> None:
    watch(page, lab, endless)
    expect_progress(page, beyond=expect_progress(page, beyond=0))  # with the first points the panel is built anew
    zoom_in(page)
    zoomed = epochs_drawn(page)
    now = step_of(page)
    for _ in range(3):
        now = expect_progress(page, beyond=now)
        assert epochs_drawn(page) == zoomed
    curve(page).dblclick()
    expect(axis_of(page)).to_have_attribute("aria-label", ALL_EPOCHS)
    no_errors(page)


def test_run_survives_page_change_reload_second_tab_and_server(
    lab: Server, endless: str, visitors: Visitors, page: Page
) -> None:
    watch(page, lab, endless)
    follow_menu(page, "Data set")
    follow_menu(page, "Train")
    now = expect_progress(page, beyond=0)
    page.reload()
    settle(page)
    now = expect_progress(page, beyond=now)
    second = visitors.new()
    open_page(second, f"{lab.address}/train")
    assert run_of(second) == endless
    expect(curve(second)).to_be_visible()  # all of the page has come from the server that goes
    now = expect_progress(second, beyond=now)

    visitors.server_may_go = True
    worker = run_folder(lab, endless).status().worker
    lab.kill()
    expect(page.locator(SETTLED)).to_have_count(0)  # the page has seen that it is gone
    lab.start()
    assert run_folder(lab, endless).status().worker == worker
    for tab in (page, second):
        tab.reload()  # by itself it would try again later and later
        settle(tab)
        now = expect_progress(tab, beyond=now)
        assert run_of(tab) == endless
        no_errors(tab)


@pytest.fixture
def empty_queue(lab: Server, endless: str) -> None:
    """Nobody waits: a try that failed leaves runs in the queue, and places would be others for the next one."""
    for path in (lab.home / "runs").iterdir():
        RunFolder(path).transition("stopped", allowed={"queued"}, message="Its test has failed.")


@pytest.mark.usefixtures("empty_queue")
def test_the_queue_is_changed_on_the_page_by_whoever_waits(lab: Server, endless: str, page: Page) -> None:
    waiting = []
    for _ in range(2):
        open_page(page, f"{lab.address}/train?dataset=digits&network=lenet5")
        shown = run_of(page)
        press(page, "Start")
        page.wait_for_url(lambda url, shown=shown: shown not in url)
        expect_state(page, "queued")
        waiting.append(run_of(page))
    open_page(page, f"{lab.address}/runs?run={waiting[1]}")
    page.get_by_role("button", name="Place 2 of 2").click()
    press(page, "Start next")
    expect(page.get_by_role("button", name="Place 1 of 2")).to_be_visible()
    places = [run_folder(lab, run).status().queued for run in waiting]
    assert places[1] < places[0]
    for run in waiting:
        open_page(page, f"{lab.address}/runs?run={run}")
        press(page, "Cancel")
        expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
        assert run_folder(lab, run).status().state == "stopped"
    assert run_folder(lab, endless).status().state == "running"
    no_errors(page)


def test_killed_worker_is_told_without_a_reload_and_resumes_and_stops_from_another_tab(
    lab: Server, endless: str, page: Page, new_page: Callable[..., Page]
) -> None:
    watch(page, lab, endless)
    charts = remember_charts(page)
    worker = run_folder(lab, endless).status().worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    expect(page.get_by_role("heading", name="· interrupted")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Its process ended without a word")
    done = step_of(page)
    press(page, "Resume")
    expect_state(page, "running")
    expect_progress(page, beyond=done)

    second = new_page()
    watch(second, lab, endless)
    press(second, "Stop")
    for tab in (second, page):
        expect_state(tab, "stopped")
        no_errors(tab)
    expect(charts).to_have_count(2)  # none was drawn anew, which is seen as a blink


def remember_charts(page: Page) -> Locator:
    """Mark the two charts that stand on the page; return those of them that still do."""
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    charts.evaluate_all("found => found.forEach((chart) => chart.setAttribute('data-remembered', ''))")
    return page.locator("[data-testid=stVegaLiteChart][data-remembered]")


@pytest.fixture
def idle(lab: Server) -> None:
    """Nothing trains here, whichever tests were chosen to run before."""
    stop_all(lab.home)


@pytest.mark.usefixtures("idle")
def test_two_tabs_that_press_start_train_one_after_the_other(
    lab: Server, page: Page, new_page: Callable[..., Page]
) -> None:
    tabs = (page, new_page())
    for tab in tabs:
        open_page(tab, f"{lab.address}/train?dataset=digits&network=lenet5")
        fill(tab, "Epochs", "1")
    for tab in tabs:
        press(tab, "Start")
    expect(page.get_by_role("heading", name=re.compile("· (queued|starting|running)"))).to_be_visible()
    charts = remember_charts(page)  # this run's: those on the page before it are others
    for tab in tabs:
        expect(tab).to_have_title(re.compile("✓"))
        no_errors(tab)
    expect(charts).to_have_count(2)  # none was drawn anew, which is seen as a blink
    first, second = (run_folder(lab, run_of(tab)) for tab in tabs)
    assert first.name != second.name
    began = sorted(folder.events()[0][0]["time"] for folder in (first, second))
    ended = sorted(folder.status().updated for folder in (first, second))
    assert began[1] > ended[0]
