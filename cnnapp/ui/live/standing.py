"""What the page says around the part of the panel that ticks, and when it has to be said anew."""

from collections.abc import Sequence
from typing import NamedTuple

from cnnapp import runs
from cnnapp.doctor import Diagnosis
from cnnapp.jobs import State
from cnnapp.runs import History, RunSummary
from cnnapp.ui.live.doctor import is_healthy
from cnnapp.ui.live.rhythm import TICK_SECONDS, WAITING_TICK_SECONDS, is_off, stretch


class Standing(NamedTuple):
    """How a run stands, as far as anything around the curves depends on it."""

    title: str
    device: str
    state: State
    message: str
    silent: bool
    begun: bool  # the first epoch is done, so that there is a network to look into
    notices: tuple[str, ...]
    order: tuple[str, ...]  # of the queue, while the run waits in it
    doctor: tuple[str, ...]  # what it finds, by name
    healthy: bool
    waiting: bool  # for the first points to be drawn
    pace: float | None  # seconds between two ticks with as many people as watch now; None: nothing changes any more

    @classmethod
    def of(
        cls, summary: RunSummary, history: History, findings: Sequence[Diagnosis], *, waiting: bool, people: int
    ) -> "Standing":
        """Return how a run stands.

        Args:
            summary: of the run.
            history: of the run.
            findings: what is wrong with it, the worst first.
            waiting: its first points are awaited, or have come just now.
            people: who watch; 0: nobody needs to, it does not change any more.
        """
        return cls(
            summary.title,
            summary.device,
            summary.state,
            summary.message,
            summary.silent,
            begun=bool(summary.epochs),
            notices=tuple(history.notices),
            order=tuple(runs.waiting()) if summary.state == "queued" else (),
            doctor=tuple(finding.name for finding in findings),
            healthy=is_healthy(history, findings),
            waiting=waiting,
            pace=stretch(WAITING_TICK_SECONDS if waiting else TICK_SECONDS, people) if people else None,
        )


def needs_page(shown: Standing, now: Standing) -> bool:
    """Whether the whole page, the tab's title included, must run again for what it has `shown` to be true `now`.

    While the first points are awaited it need not for a worker that has got ready or has told its device, nor for other
    people who come: on two cores that would keep the points waiting, and they bring the whole page.
    """
    if shown.waiting and now.waiting:
        ready = (shown.state, now.state) == ("starting", "running")
        shown = shown._replace(device=now.device, pace=now.pace, state=now.state if ready else shown.state)
    elif shown.pace and now.pace and not is_off(shown.pace, now.pace):
        shown = shown._replace(pace=now.pace)
    return now != shown
