"""A run's place in the queue: shown, and changed by whoever may wait longer or less."""

import streamlit as st

from cnnapp import runs
from cnnapp.runs import RunSummary
from cnnapp.ui.kit.feedback import plain_errors


def place_popover(run: RunSummary) -> None:
    """Show which place of the queue the run has, and offer the others."""
    order = runs.waiting()
    if run.run not in order or len(order) == 1:
        return
    place = order.index(run.run) + 1
    with st.popover(f"Place {place} of {len(order)}", icon=":material/low_priority:"), plain_errors():
        first, last = place == 1, place == len(order)
        _offer(run, "Start next", ":material/vertical_align_top:", place=1, disabled=first)
        _offer(run, "One earlier", ":material/arrow_upward:", place=place - 1, disabled=first)
        _offer(run, "One later", ":material/arrow_downward:", place=place + 1, disabled=last)


def waiting_words(run: RunSummary) -> str:
    """Return what a queued run waits for: "Queued: starts when “digits · lenet5” has ended."."""
    order, known = runs.waiting(), {other.run: other for other in runs.list_runs()}
    place = order.index(run.run) if run.run in order else 0
    if place and (before := known.get(order[place - 1])):
        return f"Queued: starts after “{before.title}”, which waits, too."
    ahead = [other.title for other in known.values() if other.active]
    if len(ahead) > 1:
        return f"Queued: starts when one of the {len(ahead)} runs under way has ended."
    return f"Queued: starts when “{ahead[0]}” has ended." if ahead else "Queued: starts in a moment."


def _offer(run: RunSummary, label: str, icon: str, *, place: int, disabled: bool) -> None:
    key = f"{label}-{run.run}"
    if st.button(label, icon=icon, key=key, disabled=disabled, width="stretch"):
        runs.move(run.run, place)
        st.rerun()
