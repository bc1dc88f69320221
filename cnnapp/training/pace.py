"""How many steps go into one dispatch, and how often costly things are done."""

import time

DISPATCH_SECONDS = 0.25  # short enough for a live curve and a quick Stop, long enough to cost nothing
MOST_STEPS = 256
COST_SHARE = 0.02  # what saving may slow training by


class Pace:
    """How many steps go into one dispatch, and how fast training is."""

    def __init__(self) -> None:
        self.images_per_second = 0.0
        self._dispatches = 0
        self._steps = 1

    def steps(self, left: int) -> int:
        """Return how many of the `left` steps to take next; the very first takes one, to show a loss at once."""
        return max(1, min(left, self._steps))

    def took(self, steps: int, images: int, seconds: float) -> None:
        """Learn from a dispatch; the first one is tracing and says nothing about speed."""
        self._dispatches += 1
        if self._dispatches == 1:
            return
        speed = images / max(seconds, 1e-6)
        self.images_per_second = 0.7 * self.images_per_second + 0.3 * speed if self.images_per_second else speed
        per_step = max(seconds, 1e-6) / steps
        self._steps = max(1, min(MOST_STEPS, round(DISPATCH_SECONDS / per_step)))


class Rarely:
    """Says when something costly is due: at most every `interval` seconds, for at most two percent of the time."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._last = time.monotonic()
        self._cost = 0.0

    @property
    def due(self) -> bool:
        """Whether it may be done again."""
        return time.monotonic() - self._last >= max(self._interval, self._cost / COST_SHARE)

    def done(self, cost: float) -> None:
        """Note that it has been done and took `cost` seconds."""
        self._last, self._cost = time.monotonic(), cost
