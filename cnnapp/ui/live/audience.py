"""How many people watch live panels now."""

import threading
import time
import uuid

import streamlit as st

from cnnapp.ui.live.rhythm import PRESENT_SECONDS

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


_audience = Audience()


def count_audience() -> int:
    """Return how many people watch live panels now, the one whose page this is included."""
    return _audience.count(st.session_state.setdefault(_KEY, uuid.uuid4().hex))
