"""Many people who watch: each panel ticks less often, and people who have gone no longer count."""

import pytest

from cnnapp.ui import pages
from cnnapp.ui.live import audience, panel
from cnnapp.ui.live.audience import Audience
from cnnapp.ui.live.rhythm import PRESENT_SECONDS, SLOWEST_SECONDS, TICKS_PER_SECOND, is_off, stretch
from tests.kit.app_pages import open_page
from tests.kit.written_runs import write_run


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time as its last item."""
    now = [100.0]
    monkeypatch.setattr(audience.time, "monotonic", lambda: now[-1])
    return now


def test_everybody_counts_once_and_for_a_while(clock):
    people = Audience()
    assert [people.count(name) for name in ("one", "two", "one")] == [1, 2, 2]
    clock.append(clock[0] + PRESENT_SECONDS - 0.1)
    assert people.count("two") == 2
    clock.append(clock[0] + PRESENT_SECONDS)
    assert people.count("two") == 1


def test_a_few_people_cost_each_other_nothing_and_many_share_the_ticks():
    assert [stretch(1.0, people) for people in (1, 2, 20)] == [1.0, 1.0, 1.0]
    assert [people / stretch(1.0, people) for people in (30, 60, 90)] == pytest.approx([TICKS_PER_SECOND] * 3)
    assert stretch(0.25, 1) == 0.25
    assert stretch(1.0, 10_000) == SLOWEST_SECONDS < PRESENT_SECONDS / 2


def test_pages_are_run_again_only_for_a_good_part_of_the_time_between_ticks():
    assert not any(is_off(1.0, wanted) for wanted in (0.7, 1.0, 1.4))
    assert is_off(1.0, 2.0)
    assert is_off(2.0, 1.0)


def test_forty_people_who_come_one_after_the_other_end_at_about_as_many_ticks_as_are_meant():
    ticks: list[float] = []
    for people in range(1, 41):
        ticks.append(stretch(1.0, people))
        wanted = stretch(1.0, people)
        ticks = [wanted if is_off(tick, wanted) else tick for tick in ticks]
    assert sum(1 / tick for tick in ticks) < 1.4 * TICKS_PER_SECOND


def test_a_page_is_run_again_when_many_have_come(home, monkeypatch):
    app = open_page(pages.TRAIN, run=write_run("running", epochs=2))
    monkeypatch.setattr(panel, "board_of", lambda run, real=panel.board_of: _drawn(real(run)))
    counts = [1, 60, 60, 60]  # when the page begins and at the end of its panel, twice
    monkeypatch.setattr(panel, "count_audience", lambda: counts.pop(0))
    app.run()
    assert not app.exception
    assert not counts


def _drawn(board):
    board._first = 0.0  # the first points were there long ago
    return board
