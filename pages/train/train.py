"""Train: the form, Start, and the run as it goes."""

from pathlib import Path

import streamlit as st

from cnnapp import architectures, datasets
from cnnapp.runs import STATE_MARKS, RunSummary
from cnnapp.ui import pages
from cnnapp.ui.choice.owner import ask_owner
from cnnapp.ui.choice.pickers import NARROW, choose_run, current_run, pick_architecture, pick_dataset
from cnnapp.ui.experiment.begin_from import settle_begun
from cnnapp.ui.experiment.data_faults import warn_of_data
from cnnapp.ui.experiment.measure_first import close_measured, measure_first, settle_measured
from cnnapp.ui.experiment.recipe_form import RecipeForm
from cnnapp.ui.experiment.start_form import offer_random_weights, say_how_it_starts
from cnnapp.ui.experiment.starting import has_been_started, put_together, start_once
from cnnapp.ui.kit.feedback import empty_state, escape, plain_errors
from cnnapp.ui.kit.words import percent
from cnnapp.ui.live.curves import show_empty_curves
from cnnapp.ui.live.panel import watch
from cnnapp.ui.network.options import fill_options
from cnnapp.ui.run.facts import show_log, show_script, show_settings
from cnnapp.ui.run.other_run import say_what_is_shown

STYLES = Path(__file__).with_name("train.css")


def ask() -> tuple[str, str]:
    """Show the form; return the data set and the network that it is set to."""
    settle_measured()
    # One row, so that the curves below are in view on a laptop.
    st.html(STYLES)
    with st.container(key="main-settings"):
        first, second, *others = st.columns([2, 2, 1.3, 1.3, 1.4, 1.4], vertical_alignment="bottom")
    with first:
        dataset = pick_dataset(room=NARROW)
    with plain_errors():
        settle_begun(dataset)
    with second:
        network = architectures.get(pick_architecture(room=NARROW))
    form = RecipeForm(network)
    settings = form.fill_main(others)
    wide, narrow = st.columns([5, 1])
    with wide.expander("Advanced"):
        proposed = f"{dataset} · {network.key} · …"
        about = "Without one: its data set, its network and what differs from the network's recipe."
        named, owned = st.columns([2, 1])
        title = named.text_input("Title of the run", key="run_title", placeholder=proposed, max_chars=100, help=about)
        with owned:
            ask_owner()
        settings["options"] = fill_options(network)
        settings |= form.fill_advanced(datasets.info(dataset))
    config, problem = put_together(dataset, network.key, settings)
    if (
        narrow.button("Start", type="primary", icon=":material/play_arrow:", width="stretch", disabled=config is None)
        and config
    ):
        with plain_errors():
            choose_run(start_once(config, title))
            close_measured()
    warn_of_data(dataset)
    if config:
        with wide:
            measure_first(network, config)
        form.say_what_differs(config.recipe)
        if not has_been_started(config):
            say_how_it_starts(config)
    elif problem:
        st.error(escape(problem), icon=":material/error:")
        if settings["fine_tuning"]:
            offer_random_weights(network)
        info = datasets.info(dataset)
        images = info.train if info.validation else int(info.train * (1 - settings["validation_share"]))
        if 0 < images < settings["batch_size"]:
            form.offer_smaller_batch(images)
    else:
        info = datasets.info(dataset)
        empty_state(f"The data set {info.title} is {info.status}.", pages.DATASET, "See the Data set page")
    return dataset, network.key


def show(run: RunSummary) -> None:
    watch(run)
    show_settings(run)
    show_script(run)
    show_log(run)


def tab_title(run: RunSummary) -> str:
    if run.state == "finished" and run.test_accuracy is not None:
        return f"✓ {percent(run.test_accuracy)} · Train · CNN Lab"
    return f"{STATE_MARKS[run.state]} {run.state} · Train · CNN Lab"


# All above the live panel is one block, so that the panel's place on the page, and with it what somebody has zoomed to,
# does not depend on what is said there.
with st.container():
    st.title(pages.TITLES[pages.TRAIN])
    dataset, network = ask()
    current = current_run()
    if current is None:
        st.info("No run yet. Press Start: the curves appear here within seconds.")
    else:
        with plain_errors():
            say_what_is_shown(current, dataset, network)
if current is not None:
    st.set_page_config(page_title=tab_title(current))
    with plain_errors():
        show(current)
else:
    show_empty_curves()
