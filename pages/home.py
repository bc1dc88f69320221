"""Home: the five steps and the one button that trains."""

import time
from pathlib import Path

import streamlit as st

from cnnapp import architectures, runs
from cnnapp.devices import find_device
from cnnapp.runs import RunSummary
from cnnapp.ui import pages
from cnnapp.ui.choice.owner import current_owner
from cnnapp.ui.choice.pickers import choose_architecture, choose_dataset, choose_run
from cnnapp.ui.experiment.recipe_form import put_recipe
from cnnapp.ui.home import showcase
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.words import duration, percent

NEWEST = 5
STEPS = (
    ("data", "Data", pages.DATASET, "Images with labels"),
    ("network", "Network", pages.ARCHITECTURE, "Layers, from left to right"),
    ("training", "Train", pages.TRAIN, "Accuracy by epoch: training as line, validation as dots"),
    ("maps", "Look inside", pages.FEATURE_MAPS, "What the first layer finds in one image"),
    ("answer", pages.TITLES[pages.PREDICT], pages.PREDICT, "The most probable classes"),
)
STYLES = Path(__file__).with_name("home.css")


def show_head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("CNN Lab", width="content", anchor=False)
        device = find_device()
        st.badge(escape(device.words), icon=":material/memory:", color="green" if device.kind == "GPU" else "gray")
    st.markdown("Train a network on images, watch it learn, look inside it, use it.")


def show_steps() -> None:
    pictures = showcase.current()
    st.html(STYLES)
    with st.container(key="steps"):
        for number, (field, title, page, meaning) in enumerate(STEPS, 1):
            with st.container(border=True):
                st.page_link(page, label=f"**{number} {title}**")
                st.image(getattr(pictures, field), width="stretch", alt=f"{title}: {meaning}, {pictures.source}")
    st.caption(f"Pictures: {escape(pictures.source)}, trained in this app.")


def start_digits() -> str:
    """Start the run, or return the one that waits already: a double click must not train twice."""
    for run in runs.list_runs():
        if (run.dataset, run.architecture) == ("digits", "lenet5") and run.state in ("queued", "starting"):
            return run.run
    config = runs.configure_first_run()
    choose_dataset(config.dataset)
    choose_architecture(config.architecture)
    put_recipe(architectures.get(config.architecture), config.recipe, config.dataset)  # the form shows what is trained
    return runs.submit(config, owner=current_owner())


def show_start(known: list[RunSummary]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Train on digits now", type="primary", icon=":material/play_arrow:")
        st.caption(f"1,797 scanned digits, LeNet-5, {expected_time(known)}", width="content")
    if pressed:
        with plain_errors():
            choose_run(start_digits())
            st.switch_page(pages.TRAIN)


def expected_time(known: list[RunSummary]) -> str:
    first = runs.configure_first_run()
    for run in known:
        alike = (run.dataset, run.architecture, run.epochs_wanted) == (
            first.dataset,
            first.architecture,
            first.recipe.epochs,
        )
        if alike and run.state == "finished" and run.seconds:
            return f"trained in {duration(run.seconds)} here last time"
    return "usually less than a minute"


def show_runs() -> None:
    newest = runs.list_runs()[:NEWEST]
    if not newest:
        return
    st.subheader("Newest runs", anchor=False)
    for run in newest:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f"{runs.STATE_MARKS[run.state]} **{escape(run.title)}** · {escape(facts(run))}", width="content"
            )
            st.page_link(pages.TRAIN, label="watch →" if run.active else "open →", query_params={"run": run.run})
    st.page_link(pages.RUNS, label="All runs →")


def facts(run: RunSummary) -> str:
    parts: list[str] = [run.state]
    if run.active:
        parts.append(f"epoch {run.epochs}/{run.epochs_wanted}")
    if run.test_accuracy is not None:
        parts.append(f"{percent(run.test_accuracy)} test")
    elif run.val_accuracy is not None:
        parts.append(f"{percent(run.val_accuracy)} validation")
    return " · ".join([*parts, f"{duration(max(0.0, time.time() - run.created))} ago"])


summaries = runs.list_runs()
show_head()
show_steps()
show_start(summaries)
moving = any(run.active or run.state == "queued" for run in summaries)
fragment(show_runs, run_every=2.0 if moving else None)()
