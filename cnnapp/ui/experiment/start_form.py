"""The part of the recipe's form that says which weights a run begins with, and how it is fine-tuned from another's."""

from typing import Any

import streamlit as st

from cnnapp import architectures, runs
from cnnapp.architectures import Architecture
from cnnapp.recipes import FineTuning
from cnnapp.runs import RunConfig, RunSummary
from cnnapp.ui.experiment.setting_widgets import Own
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import percent

RANDOM = ""  # no run's id
FIRST = ""  # no layer's name: the first one


def fill_start(network: Architecture, own: Own) -> dict[str, Any] | None:
    """Show which weights a run of this network begins with; return the fields of fine-tuning, None for random weights.

    Args:
        network: the chosen one; runs of it that have a saved network are offered.
        own: gives the key of a widget, and how it is kept, for a setting's name.
    """
    finished = {run.run: run for run in runs.list_runs() if run.architecture == network.key and can_be_start(run)}
    keys = own("start")
    if st.session_state.get(keys["key"], RANDOM) not in finished:  # deleted meanwhile
        st.session_state[keys["key"]] = RANDOM
    start, layer, head, rate = st.columns([2, 1.4, 1, 1], vertical_alignment="bottom")
    about = (
        "Transfer learning: begin with what a finished run of this network has learned, even from other classes. "
        "Phase 1: its layers are frozen and only the last ones, which are new, learn. Phase 2: the others learn, too, "
        "in small steps. Few images are often enough then."
    )
    words = {RANDOM: "random weights"} | {run: _label(summary) for run, summary in finished.items()}
    chosen = start.selectbox("Start from", list(words), format_func=words.__getitem__, help=about, **keys)
    if chosen == RANDOM:
        if not finished:
            layer.caption("Finished runs of this network are offered here, too.")
        return None
    config = runs.find(chosen).config
    named = architectures.list_choices(config.layers, [spec.name for spec in config.layers])
    about = "In phase 2 this layer and all after it learn; those before it stay frozen."
    labels = {FIRST: f"{named[0]} (all layers)"} | {name: name for name in named[1:]}
    keys = own("from_layer")
    if st.session_state.get(keys["key"], FIRST) not in labels:
        st.session_state[keys["key"]] = FIRST
    from_layer = layer.selectbox(
        "Fine-tune from layer", list(labels), format_func=labels.__getitem__, help=about, **keys
    )
    about = "Phase 1: how many of the epochs only the last layers learn. Empty: half of them."
    head_epochs = head.number_input(
        "Phase 1, epochs", value=None, step=1, placeholder="half", help=about, **own("head_epochs")
    )
    about = "Phase 2: smaller than the first, so that what was learned is not thrown away. Empty: a tenth of it."
    second = rate.number_input(
        "Phase 2, rate", value=None, format="%g", placeholder="a tenth", help=about, **own("second_rate")
    )
    st.caption(
        "Phase 1: what is taken over is frozen, only the last layers learn. Phase 2: all from the chosen layer on."
    )
    return {"run": chosen, "from_layer": from_layer, "head_epochs": head_epochs, "learning_rate": second}


def list_values(tuning: FineTuning | None) -> dict[str, Any]:
    """Return what the form's widgets show for these settings, by their names."""
    if tuning is None:
        return {"start": RANDOM, "from_layer": FIRST, "head_epochs": None, "second_rate": None}
    return {
        "start": tuning.run,
        "from_layer": tuning.from_layer,
        "head_epochs": tuning.head_epochs,
        "second_rate": tuning.learning_rate,
    }


def say_how_it_starts(config: RunConfig) -> None:
    """Say in words what a run takes over from another, if it does, and what learns when."""
    tuning = config.recipe.fine_tuning
    if tuning is None:
        return
    learned = [row.name for row in architectures.trace(config.layers, config.image_shape) if row.parameters]
    new = [name for name in learned if name not in tuning.taken]
    fresh = f"new: {_listed(new)}" if new else "nothing is new, since the classes are the same"
    parts = [f"From {runs.find(tuning.run).title}: {_listed(tuning.taken)} taken over; {fresh}."]
    parts += [f"{name}: {what}." for name, what in describe_phases(config)]
    parts += ["Choose other images above if you like, then press Start."]
    st.info(escape(" ".join(parts)), icon=":material/school:")


def offer_random_weights(network: Architecture) -> None:
    """Offer the way out where what a run would begin with does not fit it."""
    keys: dict[str, Any] = {f"{network.key}.{name}": value for name, value in list_values(None).items()}
    st.button("Begin with random weights", icon=":material/undo:", on_click=st.session_state.update, args=(keys,))


def describe_phases(config: RunConfig) -> list[tuple[str, str]]:
    """Return the phases of a fine-tuned run and what learns in each: ("Phase 1 (epochs 1-5)", "only answer learns")."""
    phases, rows = config.recipe.phases, []
    for number, phase in enumerate(phases, 1):
        if phase.epochs and len(phases) > 1:
            frozen = architectures.find_frozen(config.layers, config.recipe, phase.first)
            rate = f"learning rate {phase.learning_rate:g}"
            what = f"{_listed(frozen)} frozen" if frozen else "all layers learn"
            last = phase.first + phase.epochs
            when = f"epoch {last}" if phase.epochs == 1 else f"epochs {phase.first + 1}–{last}"
            rows.append((f"Phase {number} ({when})", f"{what}, {rate}"))
    return rows


def can_be_start(run: RunSummary) -> bool:
    """Whether other runs can begin with this one's network."""
    return not run.damaged and not run.active and run.test_accuracy is not None


def _label(run: RunSummary) -> str:
    return f"{run.title} · {percent(run.test_accuracy or 0)}"


def _listed(names: Any) -> str:
    """Return names in words: all of a few, of many the first and the last."""
    names = list(names)
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} … {names[-1]} ({len(names)} layers)"
