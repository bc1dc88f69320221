"""The parts of the recipe's form that have settings of their own: the learning rate schedule and early stopping."""

from typing import Any

import streamlit as st

from cnnapp.recipes import SCHEDULES, SETTINGS, EarlyStopping, Part, Schedule, list_settings
from cnnapp.ui.experiment.setting_widgets import Own, as_shown, ask
from cnnapp.ui.kit.internals import DeltaGenerator


def fill_schedule(schedule: Schedule, own: Own) -> dict[str, Any]:
    """Show how the learning rate changes over time, with the recipe's values; return it as a schedule's fields.

    Args:
        schedule: the recipe's.
        own: gives the key of a widget, and how it is kept, for a setting's name.
    """
    first, *others = st.columns(3)
    kind = ask(first, SETTINGS["schedule"], schedule.kind, own("schedule"))
    chosen = schedule if schedule.kind == kind else SCHEDULES[kind]()
    return {"kind": kind, **_fill_part(others, chosen, kind, own)}


def fill_early_stopping(rule: EarlyStopping | None, own: Own) -> dict[str, Any] | None:
    """Show when a run ends early, with the recipe's values; return it as the rule's fields, None for never."""
    first, *others = st.columns(3, vertical_alignment="bottom")
    row = SETTINGS["early_stopping"]
    if not first.toggle(row.label, rule is not None, help=row.help, **own("early_stopping")):
        return None
    return _fill_part(others, rule or EarlyStopping(), "early_stopping", own)


def list_shown(schedule: Schedule, rule: EarlyStopping | None) -> dict[str, Any]:
    """Return what both forms' widgets hold when they show these, by their names."""
    shown = {"schedule": schedule.kind, "early_stopping": rule is not None}
    for prefix, part in ((schedule.kind, schedule), ("early_stopping", rule)):
        rows = list_settings(type(part)) if part else {}
        shown |= {f"{prefix}.{name}": as_shown(row, getattr(part, name)) for name, row in rows.items()}
    return shown


def _fill_part(columns: list[DeltaGenerator], part: Part, prefix: str, own: Own) -> dict[str, Any]:
    rows = list_settings(type(part))
    if len(rows) > len(columns):
        columns = st.columns(len(rows))
    asked = zip(columns, rows.items(), strict=False)  # columns that are left stay empty
    return {name: ask(column, row, getattr(part, name), own(f"{prefix}.{name}")) for column, (name, row) in asked}
