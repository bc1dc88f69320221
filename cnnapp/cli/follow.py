"""Progress of a run on the command line."""

import time

from cnnapp import runs
from cnnapp.cli.output import ProgressLine, note, percent
from cnnapp.runs import History, RunSummary

POLL_SECONDS = 0.2


def follow(run: str) -> RunSummary:
    """Show a run's progress until it ends; starts it and others in the queue meanwhile, should no server be there.

    Returns:
        Its last summary.
    """
    history, progress = History(runs.find(run)), ProgressLine()
    try:
        while True:
            summary = runs.get(run)
            history.update()
            progress.show(describe(summary, history), milestone=(summary.state, len(history.epochs)))
            if not summary.active and summary.state != "queued":
                return summary
            if summary.state == "queued":
                runs.schedule()
            time.sleep(POLL_SECONDS)
    finally:
        progress.end()
        for notice in history.notices:
            note(notice)


def describe(summary: RunSummary, history: History) -> str:
    """Say in one line how far a run is."""
    plan = history.plan
    if plan is None or not history.steps:
        return summary.state
    parts = [
        f"{summary.state} on {plan.device}",
        f"epoch {len(history.epochs)}/{plan.epochs}",
        f"step {history.step:,}/{plan.epochs * plan.steps_per_epoch:,}",
        f"loss {history.losses[-1]:.4f}",
    ]
    if history.epochs and history.epochs[-1].val_accuracy is not None:
        parts.append(f"val_accuracy {percent(history.epochs[-1].val_accuracy)}")
    if history.images_per_second:
        parts.append(f"{history.images_per_second:,.0f} images/s")
    if summary.active and history.seconds_left is not None:
        parts.append(f"{history.seconds_left:.0f} s left")
    return " · ".join(parts)
