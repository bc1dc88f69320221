"""Below a form that is set to one experiment may stand a run of another: that is said, with a way to one that fits."""

import streamlit as st

from cnnapp import datasets, runs
from cnnapp.runs import RunSummary
from cnnapp.ui.choice.pickers import choose_run
from cnnapp.ui.kit.feedback import escape


def say_what_is_shown(run: RunSummary, dataset: str, network: str) -> None:
    """Say of which data set and network the run below is, unless it is of those that the form is set to."""
    if (run.dataset, run.architecture) == (dataset, network):
        return
    titles = {info.name: info.title for info in datasets.infos()}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"The run below is of **{escape(titles.get(run.dataset, run.dataset))}** with {escape(run.architecture)}. "
            f"The form is set to {escape(titles[dataset])} with {escape(network)}.",
            icon=":material/info:",
        )
        fitting = _newest(dataset, network)
        if fitting:
            label = f"Show the newest run of {escape(titles[dataset])} with {escape(network)}"
            st.button(label, icon=":material/swap_vert:", on_click=choose_run, args=(fitting,))


def _newest(dataset: str, network: str) -> str | None:
    wanted = (dataset, network)
    return next((run.run for run in runs.list_runs() if (run.dataset, run.architecture) == wanted), None)
