"""Runs: the list of all, and what can be done with one or several."""

import streamlit as st

from cnnapp import runs
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import choose_run, current_run
from cnnapp.ui.evaluate.certainty import say_how_sure
from cnnapp.ui.kit.feedback import empty_state, escape, next_step, plain_errors
from cnnapp.ui.run.actions import delete_dialog, describe_popover, download_buttons
from cnnapp.ui.run.comparison import compare
from cnnapp.ui.run.controls import clone_button, control_buttons
from cnnapp.ui.run.facts import show_log, show_settings
from cnnapp.ui.run.table import follow, pick_from_table, search

st.title(pages.TITLES[pages.RUNS])
every = runs.list_runs()
if not every:
    empty_state("No run yet. The first one on digits takes half a minute.", pages.TRAIN, "Train a network")
    st.stop()

listed = search(every)
if not listed:
    st.caption("No run has all of these words.")
    st.stop()
picked = pick_from_table(listed, current_run())
follow(every)
if len(picked) > 1:
    with plain_errors():
        compare([run for run in picked if not run.damaged])
        delete_dialog(picked)
    st.stop()
if not picked:
    st.stop()
(chosen,) = picked

if not chosen.damaged:  # no other page could show it
    choose_run(chosen.run)
head, buttons = st.columns([3, 2], vertical_alignment="center")
head.subheader(escape(chosen.title), anchor=False)
with plain_errors():
    if chosen.damaged:
        st.warning(escape(chosen.damaged))
        delete_dialog(picked)
        st.stop()
    control_buttons(chosen, buttons)
    if chosen.message and chosen.state in ("failed", "interrupted"):
        st.error(escape(chosen.message))
    again, words, gone = st.columns(3)
    with again:
        clone_button(chosen)
    with words:
        describe_popover(chosen)
    with gone:
        delete_dialog(picked)
    if chosen.note:
        st.caption(escape(chosen.note))
    say_how_sure(chosen)
    download_buttons(chosen)
    for column, (label, page) in zip(
        st.columns(3),
        (("Curves", pages.TRAIN), ("Look inside", pages.FEATURE_MAPS), ("Predict with it", pages.PREDICT)),
        strict=True,
    ):
        with column:
            next_step(label, page)
    show_settings(chosen)
    show_log(chosen)
