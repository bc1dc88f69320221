"""Several runs beside each other: their curves, and what differs in their settings."""

import html
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cnnapp import runs
from cnnapp.figures.compared_runs import RunCurve, plot_compared_runs
from cnnapp.runs import RunSummary
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import percent
from cnnapp.ui.run.board import history_of

QUANTITIES = {  # label -> field of an epoch's row, a share shown as percent
    "validation accuracy": ("val_accuracy", True),
    "validation loss": ("val_loss", False),
    "training accuracy": ("accuracy", True),
    "training loss": ("loss", False),
    "learning rate": ("learning_rate", False),
}


def compare(chosen: Sequence[RunSummary]) -> None:
    """Show the chosen runs' curves of one quantity over each other, and a table of what differs."""
    quantity = st.segmented_control("Compare", list(QUANTITIES), default="validation accuracy", required=True)
    field, share = QUANTITIES[quantity]
    curves = [curve_of(run, field, number) for number, run in enumerate(chosen, 1)]
    tested = [run for run in chosen if run.test_accuracy is not None]
    words = ", ".join(f"{run.title}: test {percent(run.test_accuracy or 0)}" for run in tested)
    st.plotly_chart(plot_compared_runs(curves, quantity, percent=share), alt=f"{quantity} by epoch. {words}")
    if early := [run.title for run, curve in zip(chosen, curves, strict=True) if not curve.epochs]:
        st.caption(f"No epoch done yet, so nothing to draw: {escape(', '.join(early))}.")
    st.markdown("**What differs**")
    table = differences(chosen)
    if table.empty:
        st.caption("Nothing: these runs have the same settings, seed included.")
    else:
        st.dataframe(table)


def curve_of(run: RunSummary, field: str, number: int) -> RunCurve:
    """Return one run's values by epoch; `number` tells runs of the same title apart."""
    rows = history_of(run.run).epochs
    title = html.escape(f"{number} {run.title}")  # Plotly reads a little HTML in names
    return RunCurve(title, tuple(row.epoch for row in rows), tuple(getattr(row, field) for row in rows))


def differences(chosen: Sequence[RunSummary]) -> pd.DataFrame:
    """Return one column per run and one row per result and per setting in which they differ."""
    columns = {f"{number} {run.title}": _facts(run) for number, run in enumerate(chosen, 1)}
    frame = pd.DataFrame(columns).fillna("")
    return frame[frame.nunique(axis=1) > 1]


def _facts(run: RunSummary) -> dict[str, str]:
    folder = runs.find(run.run)
    config = folder.config
    known = {"test accuracy": run.test_accuracy, "validation accuracy": run.val_accuracy}
    facts = {name: percent(value) for name, value in known.items() if value is not None}
    facts["epochs done"] = f"{run.epochs} of {run.epochs_wanted}"
    facts |= {"data set": config.dataset, "network": config.architecture, "seed": str(config.seed)}
    facts["on the way"] = " ".join(history_of(run.run).notices)  # another learning rate, for one
    return facts | _flat(config.options) | _flat(folder.recipe.model_dump())


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested settings as one level of words: `augmentation zoom` -> `0.1`."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            flat |= _flat(value, f"{label} ")
        else:
            flat[label] = _in_words(value)
    return flat


def _in_words(value: Any) -> str:
    if value is None or value is False:
        return "off"
    if value is True:
        return "on"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
