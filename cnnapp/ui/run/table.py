"""All runs as one table; a click chooses one or several, and the table follows what goes on."""

import datetime
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnapp import files, runs
from cnnapp.runs import STATE_MARKS, RunSummary
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.fragments import fragment

TICK_SECONDS = 1.0
_DRAWN = "runs-drawn"
SEARCHED = ("title", "owner", "note", "dataset", "architecture", "state")

_KEPT = "Accuracy of the saved network."
COLUMNS = {
    "state": st.column_config.TextColumn("state", width="small"),
    "title": st.column_config.TextColumn("title", width=330),
    "epochs": st.column_config.TextColumn("epochs", help="Completed of wanted.", width="small"),
    "validation": st.column_config.NumberColumn("validation", format="%.1f %%", help=_KEPT, width="small"),
    "test": st.column_config.NumberColumn("test", format="%.1f %%", help=_KEPT, width="small"),
    "seconds": st.column_config.NumberColumn("seconds", format="%.1f", help="Of training.", width="small"),
    "begun": st.column_config.DatetimeColumn("begun", format="distance"),
}


def search(listed: Sequence[RunSummary]) -> list[RunSummary]:
    """Ask for words; return the runs that have all of them in what the table says of them."""
    asked = st.text_input(
        "Search",
        placeholder="Search: title, owner, note, data set, network or state",
        key="runs_search",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return [run for run in listed if _has(run, asked.casefold().split())]


def _has(run: RunSummary, words: Sequence[str]) -> bool:
    text = " ".join(str(getattr(run, field)) for field in SEARCHED).casefold()
    return all(word in text for word in words)


def pick_from_table(listed: Sequence[RunSummary], current: RunSummary | None) -> list[RunSummary]:
    """Show the runs; return those whose rows are chosen, else `current`, if there is one."""
    chosen = st.dataframe(
        as_frame(listed),
        hide_index=True,
        column_config=COLUMNS,
        placeholder="",
        key=table_key(listed),
        on_select="rerun",
        selection_mode="multi-row",
    )
    rows = [listed[row] for row in chosen["selection"]["rows"]]
    if rows or current is None:
        st.caption("Choose a row to see that run; choose several to compare them.")
    else:
        st.caption(f"No row is chosen, so “{escape(current.title)}” stands below. Choose one, or several to compare.")
    return rows or ([current] if current else [])


def table_key(listed: Sequence[RunSummary]) -> str:
    """Return the table's key: rows are chosen by place, so another list is another table and no choice slips."""
    return f"runs_table-{files.digest(' '.join(run.run for run in listed).encode())[:16]}"


def follow(listed: Sequence[RunSummary]) -> None:
    """Run the page again when a run that is under way has moved on, once a second at most."""
    st.session_state[_DRAWN] = True
    live = any(run.active or run.state == "queued" for run in listed)
    fragment(_look, run_every=TICK_SECONDS if live else None)(_stand(listed))


def _look(shown: list[tuple[str, str, int, float]]) -> None:
    if st.session_state.pop(_DRAWN, False):
        return  # still a run of the whole page: to begin it anew would lose a press whose button is further below
    if _stand(runs.list_runs()) != shown:
        st.rerun()


def _stand(listed: Sequence[RunSummary]) -> list[tuple[str, str, int, float]]:
    return [(run.run, run.state, run.epochs, run.queued) for run in listed]


def as_frame(listed: Sequence[RunSummary]) -> pd.DataFrame:
    """Return one row per run, in the words of the page."""
    places = {run: place for place, run in enumerate(runs.waiting(), 1)} if _waits(listed) else {}
    return pd.DataFrame(
        {
            "state": [_state(run, places.get(run.run)) for run in listed],
            "test": [_percent(run.test_accuracy) for run in listed],  # results first: a phone shows few columns
            "title": [run.title for run in listed],
            "validation": [_percent(run.val_accuracy) for run in listed],
            "epochs": [f"{run.epochs}/{run.epochs_wanted}" for run in listed],
            "begun": [datetime.datetime.fromtimestamp(run.created, datetime.UTC) for run in listed],
            "seconds": [run.seconds for run in listed],
            "data set": [run.dataset for run in listed],
            "network": [run.architecture for run in listed],
            "owner": [run.owner for run in listed],
            "note": [run.note for run in listed],
        }
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _waits(listed: Sequence[RunSummary]) -> bool:
    return any(run.state == "queued" for run in listed)


def _state(run: RunSummary, place: int | None) -> str:
    words = f"{STATE_MARKS[run.state]} {'damaged' if run.damaged else run.state}"
    return f"{words}, place {place}" if place else words
