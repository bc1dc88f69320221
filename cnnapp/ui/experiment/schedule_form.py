"""The part of the recipe's form that says how the learning rate changes over time."""

from collections.abc import Callable
from typing import Any, get_args

import streamlit as st

from cnnapp.recipes import Cosine, Exponential, Monitor, OneCycle, Plateau, Schedule, Steps

Own = Callable[[str], dict[str, Any]]

SCHEDULES = {
    "constant": "constant",
    "steps": "steps by epoch",
    "exponential": "exponential",
    "cosine": "cosine with warm-up",
    "one_cycle": "one-cycle",
    "plateau": "lower on a plateau",
}


def fill_schedule(schedule: Schedule, own: Own) -> dict[str, Any]:
    """Show how the learning rate changes over time, with the recipe's values; return it as a schedule's fields.

    Args:
        schedule: the recipe's.
        own: gives the key of a widget, and how it is kept, for a setting's name.
    """
    kinds = list(SCHEDULES)
    first, second, third = st.columns(3)
    kind = first.selectbox(
        "Learning rate over time",
        kinds,
        kinds.index(schedule.kind),
        format_func=SCHEDULES.__getitem__,
        **own("schedule"),
    )
    if kind == "steps":
        steps = schedule if isinstance(schedule, Steps) else Steps()
        written = ", ".join(map(str, steps.after_epochs))
        text = second.text_input("After epochs", written, help="Separated by commas.", **own("after_epochs"))
        times = third.number_input("times", value=steps.multiplier, format="%g", **own("multiplier"))
        return {"kind": kind, "after_epochs": [part.strip() for part in text.split(",")], "multiplier": times}
    if kind == "exponential":
        falling = schedule if isinstance(schedule, Exponential) else Exponential()
        return {"kind": kind, "decay": second.number_input("Times, per epoch", value=falling.decay, **own("decay"))}
    if kind == "cosine":
        cosine = schedule if isinstance(schedule, Cosine) else Cosine()
        warmup = second.slider("Share of warm-up", 0.0, 0.5, cosine.warmup, 0.01, **own("warmup"))
        return {"kind": kind, "warmup": warmup}
    if kind == "one_cycle":
        cycle = schedule if isinstance(schedule, OneCycle) else OneCycle()
        return {"kind": kind, "peak": second.slider("Peak at", 0.05, 0.95, cycle.peak, 0.01, **own("peak"))}
    if kind == "plateau":
        return {"kind": kind, **_fill_plateau(schedule, own)}
    return {"kind": "constant"}


def _fill_plateau(schedule: Schedule, own: Own) -> dict[str, Any]:
    monitors, columns = list(get_args(Monitor)), st.columns(4)
    rule = schedule if isinstance(schedule, Plateau) else Plateau()
    about = "Where this figure has not improved for some epochs, smaller steps may find a way on (ReduceLROnPlateau)."
    return {
        "monitor": columns[0].selectbox(
            "Plateau of", monitors, monitors.index(rule.monitor), help=about, **own("plateau.monitor")
        ),
        "patience": columns[1].number_input("For epochs", value=rule.patience, **own("plateau.patience")),
        "multiplier": columns[2].number_input(
            "Rate times", value=rule.multiplier, step=0.1, format="%g", **own("plateau.multiplier")
        ),
        "min_rate": columns[3].number_input(
            "Lowest rate", value=rule.min_rate, step=1e-6, format="%g", **own("plateau.min_rate")
        ),
    }
