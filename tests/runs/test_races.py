"""The queue under several servers that race or are killed, and under tabs that press verbs at the same time."""

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import ACTIVE
from cnnapp.settings import settings
from tests.kit.queued_runs import CHILD, reap_all, submit
from tests.kit.waiting import wait_for, wait_until

pytestmark = pytest.mark.workers


# Several servers on one library, and servers that are killed

SERVER = f"""
import time
from cnnapp import runs
from cnnapp.runs import queue
queue.WORKER = {CHILD!r}
while any(run.active or run.state == "queued" for run in runs.list_runs()):
    runs.schedule()
    assert len(runs.waiting()) == len(set(runs.waiting()))
    with queue._turn():  # else one ends and the next starts between two lines of the list
        assert sum(run.active for run in runs.list_runs()) <= queue.settings().workers
    time.sleep(0.02)
"""


def new_server() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SERVER])


def assert_each_trained_once(submitted: list[str]) -> list[float]:
    """Return when each began."""
    began = []
    for run in submitted:
        events, _ = runs.find(run).events()
        assert [event["kind"] for event in events] == ["began"], run
        assert (runs.get(run).state, runs.find(run).status().attempt) == ("finished", 1)
        began.append(events[0]["time"])
    return began


def test_schedulers_that_race_start_every_run_once(library, monkeypatch):
    monkeypatch.setenv("CNNAPP_WORKERS", "2")
    settings.cache_clear()
    submitted = submit(4, "finish")
    racers = [new_server() for _ in range(2)]
    assert [racer.wait() for racer in racers] == [0, 0]
    assert_each_trained_once(submitted)


@pytest.mark.parametrize(
    ("count", "kills"), [(6, 1), pytest.param(50, 5, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_runs_through_killed_servers_are_each_trained_once_and_in_order(library, monkeypatch, count, kills):
    monkeypatch.setenv("CNNAPP_WORKERS", "1")
    settings.cache_clear()
    submitted = submit(count, "finish")
    servers = [new_server() for _ in range(2)]
    for fall in range(1, kills + 1):
        wait_until(lambda fall=fall: finished(submitted) >= fall * count // (kills + 2))
        for server in servers:
            server.kill()
            server.wait()
        servers = [new_server() for _ in range(2)]
    assert [server.wait() for server in servers] == [0, 0]
    began = assert_each_trained_once(submitted)
    assert began == sorted(began)


def finished(submitted: list[str]) -> int:
    return sum(runs.get(run).state == "finished" for run in submitted)


# Verbs that race

VERBS = ("start", "stop", "pause", "resume", "delete")
PAIRS = list(itertools.combinations_with_replacement(VERBS, 2))
BEFORE = ("queued", "starting", "running", "paused", "stopped")
GONE = "gone"
# What becomes of a run in each state; a press that is refused changes nothing. "start" has all start that waits.
EFFECTS = {
    "start": {"queued": "running"},
    "stop": {"queued": "stopped", "running": "stopped", "paused": "stopped"},
    "pause": {"queued": "paused", "running": "paused"},
    "resume": {"paused": "queued", "stopped": "queued"},
    "delete": dict.fromkeys(("queued", "running", "paused", "stopped"), GONE),
}


class Race:
    """Two tabs that press a verb each on one run, at nearly the same moment."""

    def __init__(self, pair: tuple[str, str], before: str, lead: float) -> None:
        """Bring a run into the state `before`; the first tab is `lead` seconds ahead, or behind."""
        self.pair, self.before, self.leads = pair, before, (max(0.0, -lead), max(0.0, lead))
        (self.run,) = submit(1)
        self.folder, self.started, self.refused = runs.find(self.run), [], []
        if before == "paused":
            runs.pause(self.run)
        elif before == "stopped":
            runs.stop(self.run)

    def __str__(self) -> str:
        return f"{self.pair} on a {self.before} run {self.run}"

    def tabs(self, line: threading.Barrier) -> list[threading.Thread]:
        """Return the tabs, which press once all have come to the `line`."""
        both = zip(self.pair, self.leads, strict=True)
        return [threading.Thread(target=self._press, args=(verb, lead, line)) for verb, lead in both]

    def _press(self, verb: str, lead: float, line: threading.Barrier) -> None:
        line.wait()
        time.sleep(lead)
        if verb == "start":  # a new run, and whatever waits
            self.started.append(runs.submit(runs.configure("digits", "lenet5")))
            return
        try:
            getattr(runs, verb)(self.run)
            runs.schedule()
        except CnnAppError as refusal:
            self.refused.append((verb, str(refusal)))

    @property
    def ends(self) -> set[str]:
        """The states in which the verbs may leave the run, in either order; tabs elsewhere start what waits."""
        begins = {"starting": "running"}.get(self.before, self.before)
        found = set()
        for order in itertools.permutations(self.pair):
            states = {begins}
            for verb in order:
                states |= {EFFECTS["start"].get(state, state) for state in states}
                states = {EFFECTS[verb].get(state, state) for state in states}
            found |= {EFFECTS["start"].get(state, state) for state in states}
        return found

    def end_well(self) -> str:
        """Hold what is promised, then delete what is there; return where the run has come to rest."""
        wait_until(lambda: state_of(self.folder) not in ("queued", "starting", "stopping"), lambda: self)
        rest = state_of(self.folder)
        assert rest in self.ends, f"{self}: {rest}, {self.refused}"
        if rest != GONE:
            began = [event["attempt"] for event in self.folder.events()[0] if event["kind"] == "began"]
            assert len(began) == len(set(began)), f"{self}: an attempt began twice, {began}"
            assert self.folder.status().attempt <= 1 + self.pair.count("resume"), str(self)
            runs.delete(self.run)
        for run in self.started:
            wait_until(lambda run=run: runs.get(run).state == "finished", lambda run=run: f"{self}: {run}")
            assert_each_trained_once([run])
            runs.delete(run)
        return rest


@pytest.mark.parametrize("rounds", [1, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_two_tabs_that_press_any_two_verbs_leave_no_stuck_run_and_start_none_twice(library, monkeypatch, rounds):
    monkeypatch.setenv("CNNAPP_WORKERS", "64")
    settings.cache_clear()
    rng, ends = np.random.default_rng(20261121), Counter()
    for count in range(rounds):
        befores = [BEFORE[(count + place) % len(BEFORE)] for place in range(len(PAIRS))]
        leads = rng.normal(0, 0.03, len(PAIRS))
        races = [Race(*race) for race in zip(PAIRS, befores, leads, strict=True) if race[1] != "queued"]
        runs.schedule()
        for race in races:
            if race.before == "running":
                wait_for(race.run, "running")
        races += [Race(*race) for race in zip(PAIRS, befores, leads, strict=True) if race[1] == "queued"]
        line = threading.Barrier(2 * len(races))
        tabs = [tab for race in races for tab in race.tabs(line)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        runs.schedule()  # as the server does every second
        for race in races:
            ends[" ".join((*race.pair, race.end_well()))] += 1
        assert runs.list_runs() == []
    reap_all()
    print(f"{sum(ends.values())} races, {rounds} of each of {len(PAIRS)} pairs")
    print(*(f"{pair}: {count}" for pair, count in sorted(ends.items())), sep="\n")


@pytest.mark.parametrize("rounds", [1, pytest.param(34, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_a_verb_that_meets_the_finish_comes_in_time_or_changes_nothing(library, monkeypatch, rounds):
    monkeypatch.setenv("CNNAPP_WORKERS", "64")
    settings.cache_clear()
    allowed = {"stop": {"finished", "stopped"}, "pause": {"finished", "paused"}, "delete": {GONE}}
    rng, ends = np.random.default_rng(20261121), Counter()
    for _ in range(rounds):
        met = list(zip(map(runs.find, submit(9, "brief")), [*allowed] * 3, rng.uniform(0, 0.2, 9), strict=True))
        tabs = [threading.Thread(target=press_near_the_end, args=each) for each in met]
        for tab in tabs:
            tab.start()
        runs.schedule()
        for tab in tabs:
            tab.join()
        for folder, verb, _ in met:
            wait_until(lambda folder=folder: state_of(folder) not in ACTIVE, lambda folder=folder: folder.name)
            state = state_of(folder)
            assert state in allowed[verb], f"{verb}: {state}"
            ends[f"{verb} finish: {state}"] += 1
        for run in runs.list_runs():
            runs.stop(run.run)
            assert runs.get(run.run).state == run.state.replace("paused", "stopped")  # what is final stays
            runs.delete(run.run)
    reap_all()
    print(*(f"{meeting}: {count}" for meeting, count in sorted(ends.items())), sep="\n")


def press_near_the_end(folder: runs.RunFolder, verb: str, delay: float) -> None:
    while state_of(folder) in ("queued", "starting"):
        time.sleep(0.001)
    time.sleep(delay)
    with contextlib.suppress(CnnAppError):
        getattr(runs, verb)(folder.name)


def state_of(folder: runs.RunFolder) -> str:
    try:
        return folder.status().state
    except CnnAppError:
        return GONE
