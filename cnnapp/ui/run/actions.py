"""What can be done with one run."""

from collections.abc import Sequence

import streamlit as st

from cnnapp import runs
from cnnapp.runs import History, RunSummary
from cnnapp.runs.history import EpochRow
from cnnapp.texts import write_csv
from cnnapp.ui.choice.pickers import forget_run
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.popovers import close_popover, popover
from cnnapp.ui.run.board import history_of


def describe_popover(run: RunSummary) -> None:
    """Offer another title, owner and note."""
    name = f"describing-{run.run}"
    box = popover("Title and note", name, icon=":material/edit:", width="stretch")
    with box, plain_errors(), st.form(f"describe-{run.run}", border=False):  # a form, so that Enter saves
        title = st.text_input("Title", run.title, max_chars=100, key=f"title-{run.run}")
        owner = st.text_input("Owner", run.owner, max_chars=60, key=f"owner-{run.run}")
        note = st.text_area("Note", run.note, max_chars=1000, key=f"note-{run.run}")
        if st.form_submit_button("Save"):
            runs.describe(run.run, title=title, owner=owner, note=note)
            close_popover(name)
            st.toast("Saved.", icon=":material/edit:")
            st.rerun()


def delete_dialog(chosen: Sequence[RunSummary]) -> None:
    """Offer to delete one run or several, after one question."""
    label = "Delete …" if len(chosen) == 1 else f"Delete these {len(chosen)} runs …"
    if st.button(label, icon=":material/delete:", width="stretch"):
        _confirm(chosen)


@st.dialog("Delete for good?")
def _confirm(chosen: Sequence[RunSummary]) -> None:
    titles = ", ".join(f"**{escape(run.title)}**" for run in chosen)
    what = "its trained network, curves and settings are" if len(chosen) == 1 else "their networks and curves are"
    st.markdown(f"{titles}: {what} gone for good.")
    if active := sum(run.active for run in chosen):
        st.warning("It is still training; it is stopped first." if len(chosen) == 1 else f"{active} still train.")
    delete, cancel = st.columns(2)
    if cancel.button("Cancel", width="stretch"):
        st.rerun()
    if delete.button("Delete", type="primary", width="stretch"):
        with plain_errors():
            runs.delete_all([run.run for run in chosen])
            for run in chosen:
                forget_run(run.run)
            st.toast("Deleted." if len(chosen) == 1 else f"{len(chosen)} runs deleted.", icon=":material/delete:")
            st.rerun()


def download_buttons(run: RunSummary) -> None:
    """Offer what can be taken away: history, network and its card."""
    folder, history = runs.find(run.run), history_of(run.run)
    columns = st.columns(3)
    columns[0].download_button(
        "History (CSV)",
        as_csv(history),
        f"{run.run}.csv",
        "text/csv",
        icon=":material/table:",
        width="stretch",
        disabled=not history.epochs,
        on_click="ignore",  # a rerun would swallow a click on the next one
    )
    saved = folder.model_path.exists() and folder.card_path.exists()
    for column, label, path in (
        (columns[1], "Network (.keras)", folder.model_path),
        (columns[2], "Its card (model.json)", folder.card_path),
    ):
        column.download_button(
            label,
            path.read_bytes if saved else b"",  # read when clicked, not on every run of the page
            f"{run.run}{path.suffix}",
            icon=":material/download:",
            width="stretch",
            disabled=not saved,
            on_click="ignore",
            help=None if saved else "Saved when training ends or is stopped.",
        )


def as_csv(history: History) -> str:
    """Return the history as CSV, one row per epoch."""
    return write_csv([EpochRow._fields, *history.epochs])
