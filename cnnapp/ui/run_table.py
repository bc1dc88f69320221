"""All runs as one table; a click chooses one."""

import datetime
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnapp.runs import STATE_MARKS, RunSummary

COLUMNS = {
    "state": st.column_config.TextColumn("state", width="small"),
    "title": st.column_config.TextColumn("title", width="medium"),
    "epochs": st.column_config.TextColumn("epochs", help="Completed of wanted.", width="small"),
    "validation": st.column_config.NumberColumn("validation", format="percent", help="Accuracy of the saved network."),
    "test": st.column_config.NumberColumn("test", format="percent", help="Accuracy of the saved network."),
    "seconds": st.column_config.NumberColumn("seconds", format="%.1f", help="Of training."),
    "begun": st.column_config.DatetimeColumn("begun", format="distance"),
}


def pick_from_table(listed: Sequence[RunSummary], current: RunSummary | None) -> RunSummary | None:
    """Show the runs; return the one whose row is clicked, else `current`."""
    chosen = st.dataframe(
        as_frame(listed),
        hide_index=True,
        column_config=COLUMNS,
        key="runs_table",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = chosen["selection"]["rows"]
    return listed[rows[0]] if rows and rows[0] < len(listed) else current


def as_frame(listed: Sequence[RunSummary]) -> pd.DataFrame:
    """Return one row per run, in the words of the page."""
    return pd.DataFrame(
        {
            "state": [f"{STATE_MARKS[run.state]} {'damaged' if run.damaged else run.state}" for run in listed],
            "title": [run.title for run in listed],
            "data set": [run.dataset for run in listed],
            "network": [run.architecture for run in listed],
            "epochs": [f"{run.epochs}/{run.epochs_wanted}" for run in listed],
            "validation": [run.val_accuracy for run in listed],
            "test": [run.test_accuracy for run in listed],
            "seconds": [run.seconds for run in listed],
            "begun": [datetime.datetime.fromtimestamp(run.created, datetime.UTC) for run in listed],
        }
    )
