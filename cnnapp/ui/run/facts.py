"""What a run was told and what it said, folded away below it."""

import streamlit as st

from cnnapp import architectures, runs
from cnnapp.runs import RunSummary
from cnnapp.runs.starting import start_path
from cnnapp.ui.experiment.recipe_facts import describe_recipe


def show_settings(run: RunSummary) -> None:
    """Show the settings of a run as a table."""
    config = runs.find(run.run).config
    rows = [("data set", config.dataset), ("network", config.architecture)]
    rows += [(name, str(value)) for name, value in config.options.items()] + describe_recipe(config.recipe)
    rows.append(("seed", f"{config.seed}"))
    with st.expander("Settings of this run"):
        st.dataframe(
            {"setting": [name for name, _ in rows], "value": [value for _, value in rows]},
            hide_index=True,
            height="content",
        )


def show_script(run: RunSummary) -> None:
    """Show the run as a Keras script that needs nothing of this app but the network that it may begin with."""
    folder = runs.find(run.run)
    config, start = folder.config, start_path(folder.path)
    with st.expander("As a Keras script"):
        text = architectures.script(config.layers, config.image_shape, config.recipe)
        st.code(text, language="python")
        with st.container(horizontal=True):
            st.download_button("Download the script", text, f"{config.architecture}.py", "text/x-python")
            if start.exists():
                about = "The network that this run began with, for the script."
                st.download_button("Download start.keras", start.read_bytes, "start.keras", help=about)


def show_log(run: RunSummary) -> None:
    """Show the end of what the worker printed."""
    with st.expander("Log"):
        st.code(runs.log_tail(run.run) or "Nothing was printed.", language=None, wrap_lines=True)
