"""Home's pictures are shared by all sessions, each of which looks at the library at a moment of its own."""

import sys
import threading
from collections.abc import Iterator

import pytest

from cnnapp import runs
from cnnapp.ui.home import showcase
from tests.kit.written_runs import write_run

SESSIONS, LOOKS = 8, 300


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns at every chance."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("home", "hasty")
def test_sessions_that_see_different_newest_runs_do_not_disturb_each_other(monkeypatch):
    older, newer = (runs.get(write_run("finished", epochs=1)) for _ in range(2))
    newest = threading.local()
    monkeypatch.setattr(showcase.runs, "list_runs", lambda: [newest.run])
    drawn: list[str] = []

    def draw(run: runs.RunSummary) -> showcase.Showcase:
        drawn.append(run.run)
        return showcase.bundled()._replace(source=run.run)

    monkeypatch.setattr(showcase, "draw", draw)
    problems: list[Exception] = []

    def look(run: runs.RunSummary) -> None:
        newest.run = run
        try:
            shown = {showcase.current().source for _ in range(LOOKS)}
            assert shown <= {run.run, showcase.bundled().source}
        except Exception as error:
            problems.append(error)

    sessions = [threading.Thread(target=look, args=(run,)) for run in (older, newer) * (SESSIONS // 2)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert not problems
    assert sorted(drawn) == sorted([older.run, newer.run])
