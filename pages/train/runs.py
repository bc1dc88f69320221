import streamlit as st

from cnnapp import runs
from cnnapp.ui import pages
from cnnapp.ui.comparison import compare
from cnnapp.ui.feedback import empty_state, escape, next_step, plain_errors
from cnnapp.ui.pickers import choose_run, current_run
from cnnapp.ui.run_actions import delete_dialog, download_buttons, rename_popover
from cnnapp.ui.run_controls import clone_button, control_buttons
from cnnapp.ui.run_facts import show_log, show_settings
from cnnapp.ui.run_table import follow, pick_from_table

st.title("Runs")
listed = runs.list_runs()
if not listed:
    empty_state("No run yet. The first one on digits takes half a minute.", pages.TRAIN, "Train a network")
    st.stop()

picked = pick_from_table(listed, current_run())
follow(listed)
if len(picked) > 1:
    with plain_errors():
        compare([run for run in picked if not run.damaged])
    st.stop()
if not picked:
    st.stop()
(chosen,) = picked

if not chosen.damaged:  # no other page could show it
    choose_run(chosen.run)
words, buttons = st.columns([3, 2], vertical_alignment="center")
words.subheader(escape(chosen.title), anchor=False)
with plain_errors():
    if chosen.damaged:
        st.warning(escape(chosen.damaged))
        delete_dialog(chosen)
        st.stop()
    control_buttons(chosen, buttons)
    for column, show in zip(st.columns(3), (clone_button, rename_popover, delete_dialog), strict=True):
        with column:
            show(chosen)
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
