"""What the doctor says of a run: one line under its head, evidence and repairs behind it."""

import streamlit as st

from cnnapp import runs
from cnnapp.doctor import DatasetFacts, Diagnosis, Fix, Severity, read_facts
from cnnapp.runs import RunSummary
from cnnapp.ui.board import Board
from cnnapp.ui.feedback import escape, plain_errors
from cnnapp.ui.owner import current_owner
from cnnapp.ui.pickers import choose_run

ICONS: dict[Severity, str] = {
    "serious": ":material/error:",
    "check": ":material/warning:",
    "note": ":material/info:",
}
WORDS: dict[Severity, str] = {"serious": "serious", "check": "worth a look", "note": "good to know"}
HEALTHY_EPOCHS = 3  # by then what goes wrong has mostly shown
FACTS_SECONDS = 30.0  # after which a new check of the data set is noticed
LONGEST_TITLE = 100


def show_doctor(summary: RunSummary, board: Board) -> None:
    """Say what is wrong with a run, the worst in one line; one quiet line when nothing is, while it lives always."""
    folder, history = board.folder, board.history(live=True)
    config = folder.config.model_copy(update={"recipe": folder.recipe})
    found = board.found(config, _facts(summary.run))
    if found:
        _show_worst(summary, found)
        _show_evidence(summary, found)
    elif len(history.epochs) >= HEALTHY_EPOCHS:
        st.caption(f":material/check_circle: Doctor: healthy after {len(history.epochs)} epochs.")
    elif summary.active:
        st.caption(":material/stethoscope: Doctor: watching; here it says when something looks wrong.")


def _show_worst(summary: RunSummary, found: list[Diagnosis]) -> None:
    worst, more = found[0], f" · {len(found) - 1} more" if len(found) > 1 else ""
    words = f"{ICONS[worst.severity]} Doctor: **{escape(worst.name)}**, {WORDS[worst.severity]}{more}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        _fix_button(summary, worst, "line")


@st.cache_resource(ttl=FACTS_SECONDS, max_entries=50, show_spinner=False)
def _facts(run: str) -> DatasetFacts:
    return read_facts(runs.find(run).config.dataset)


def _show_evidence(summary: RunSummary, found: list[Diagnosis]) -> None:
    with st.expander("Why, and what helps", key=f"doctor-{summary.run}", on_change="rerun") as opened:
        if not opened.open:
            return
        for place, diagnosis in enumerate(found):
            st.markdown(
                f"{ICONS[diagnosis.severity]} **{escape(diagnosis.name)}**, {WORDS[diagnosis.severity]}. "
                f"{escape(diagnosis.sentence)}"
            )
            st.caption(escape(diagnosis.evidence))
            if place:
                _fix_button(summary, diagnosis, "more")


def _fix_button(summary: RunSummary, diagnosis: Diagnosis, place: str) -> None:
    fix = diagnosis.fix
    key = f"fix-{place}-{summary.run}-{diagnosis.name}"
    if fix and st.button(escape(fix.label), icon=":material/healing:", key=key, help="A new run; this one stays."):
        with plain_errors():
            _run_again(summary, fix)
            st.rerun()


def _run_again(summary: RunSummary, fix: Fix) -> None:
    change = fix.label.removeprefix("Run again ")
    title = f"{summary.title[: LONGEST_TITLE - len(change) - 2]}, {change}"[:LONGEST_TITLE]
    choose_run(runs.submit(fix.config, title, owner=current_owner()))
    runs.schedule()
