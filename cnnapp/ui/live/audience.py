"""How many people watch live panels now: the more they are, the longer each panel waits between two ticks."""

import threading
import time
import uuid

import streamlit as st

TICKS_PER_SECOND = 22.0  # of all panels together; each takes about 8 ms of a core that training wants, too
SLOWEST_SECONDS = 5.0  # between the ticks of a panel, however many there are
PRESENT_SECONDS = 15.0  # for which somebody who has had a tick is still there: some of the slowest ticks
CHANGED = 1.5  # by this factor another time between ticks is worth running a page again
_KEY = "audience-member"


class Audience:
    """Everybody whose panel has ticked lately, whichever run it shows."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._guard = threading.Lock()

    def count(self, member: str) -> int:
        """Note that `member` looks now; return how many people are there, this one included."""
        now = time.monotonic()
        with self._guard:
            self._last[member] = now
            self._last = {name: last for name, last in self._last.items() if now - last < PRESENT_SECONDS}
            return len(self._last)


def stretch(tick: float, people: int) -> float:
    """Return the seconds between two ticks of a panel that would tick every `tick` seconds for one person alone."""
    return max(tick, min(people / TICKS_PER_SECOND, SLOWEST_SECONDS))


def is_off(tick: float, wanted: float) -> bool:
    """Whether a panel ticks so much more often or so much less than wanted that it should begin anew."""
    return not wanted / CHANGED < tick < wanted * CHANGED


_audience = Audience()


def count_audience() -> int:
    """Return how many people watch live panels now, the one whose page this is included."""
    return _audience.count(st.session_state.setdefault(_KEY, uuid.uuid4().hex))
