"""The rhythm of the live panel: every time that is waited, with its reason. `panel.py` tells what runs when."""

# From one tick of a panel to the next
TICK_SECONDS = 0.9  # with the answer's time a panel still moves within a second
WAITING_TICK_SECONDS = 0.5  # until the first points have been drawn: somebody waits for them
TICKS_PER_SECOND = 22.0  # of all panels together; each takes about 8 ms of a core that training wants, too
SLOWEST_SECONDS = 5.0  # however many people watch
CHANGED = 1.5  # by this factor another time between ticks is worth running a page again
PRESENT_SECONDS = 15.0  # for which somebody who has had a tick is still there: some of the slowest ticks

# Within a tick that waits for the first points
AWAITED_SECONDS = 0.4  # it waits so long for them: it ends before the next one
LOOK_SECONDS = 0.02  # from one look into the run to the next: a frame of the browser
DRAWN_SECONDS = 1.0  # after which everybody who waits for the first points has had a tick with them

# What people who watch the same run share
FRESH_SECONDS = 0.25  # for which what was read of a live run is new enough: a worker tells as often
USAGE_SECONDS = 0.9  # over which the worker's process is measured: a tick
FACTS_SECONDS = 30.0  # after which a new check of the data set is noticed


def stretch(tick: float, people: int) -> float:
    """Return the seconds between two ticks of a panel that would tick every `tick` seconds for one person alone."""
    return max(tick, min(people / TICKS_PER_SECOND, SLOWEST_SECONDS))


def is_off(tick: float, wanted: float) -> bool:
    """Whether a panel ticks so much more often or so much less than wanted that it should begin anew."""
    return not wanted / CHANGED < tick < wanted * CHANGED
