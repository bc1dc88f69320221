"""A run as the beginning of another one: the form of the Train page takes its settings and what it has learned."""

import streamlit as st

from cnnapp import architectures, runs
from cnnapp.recipes import FineTuning
from cnnapp.runs import RunSummary
from cnnapp.ui.choice.pickers import choose_architecture
from cnnapp.ui.experiment.recipe_form import put_recipe
from cnnapp.ui.network.options import put_options

_BEGUN = "begin-from"  # the run that the form shall begin with


def begin_from(run: RunSummary) -> None:
    """Have the form begin with this run, before `st.switch_page` to it."""
    st.session_state[_BEGUN] = run.run
    choose_architecture(run.architecture)


def settle_begun(dataset: str) -> None:
    """Put into the form what `begin_from` was told; before the form is shown.

    Args:
        dataset: that the form is set to.
    """
    if _BEGUN not in st.session_state:
        return
    run = runs.find(st.session_state.pop(_BEGUN))
    network = architectures.get(run.config.architecture)
    put_options(network, run.config.options)
    put_recipe(network, run.recipe.model_copy(update={"fine_tuning": FineTuning(run=run.name)}), dataset)
