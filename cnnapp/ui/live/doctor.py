"""What the doctor says of a run: one line under its head, evidence and repairs behind it."""

from collections.abc import Sequence

import streamlit as st

from cnnapp import runs
from cnnapp.doctor import DatasetFacts, Diagnosis, Fix, Severity, read_facts
from cnnapp.runs import History, RunSummary
from cnnapp.ui.choice.owner import current_owner
from cnnapp.ui.choice.pickers import choose_run
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.live.rhythm import FACTS_SECONDS, FRESH_SECONDS
from cnnapp.ui.run.board import BOARDS, Board, board_of

ICONS: dict[Severity, str] = {
    "serious": ":material/error:",
    "check": ":material/warning:",
    "note": ":material/info:",
}
WORDS: dict[Severity, str] = {"serious": "serious", "check": "worth a look", "note": "good to know"}
HEALTHY_EPOCHS = 3  # by then what goes wrong has mostly shown
LONGEST_TITLE = 100


def findings_of(board: Board) -> list[Diagnosis]:
    """Return what the doctor finds of the run as it was last read, the worst first."""
    return board.findings(_facts(board.folder.name), max_age=FRESH_SECONDS)


def is_healthy(history: History, findings: Sequence[Diagnosis]) -> bool:
    """Whether a run is old enough that finding nothing means something."""
    return not findings and len(history.epochs) >= HEALTHY_EPOCHS


def show_doctor(summary: RunSummary, board: Board, findings: Sequence[Diagnosis], every: float | None) -> None:
    """Say what is wrong with a run, the worst in one line; one quiet line when nothing is, while it lives always.

    Args:
        summary: of the run.
        board: of the run.
        findings: what is wrong with it, the worst first.
        every: seconds after which evidence that somebody looks at is told anew; None: it stays.
    """
    if findings:
        _show_worst(summary, findings)
        with st.expander("Why, and what helps", key=f"doctor-{summary.run}", on_change="rerun") as opened:
            if opened.open:
                fragment(_show_evidence, run_every=every)(summary)
    elif is_healthy(board.history(max_age=FRESH_SECONDS), findings):
        said = "so far" if summary.active else f"after {len(board.history(max_age=FRESH_SECONDS).epochs)} epochs"
        st.caption(f":material/check_circle: Doctor: healthy {said}.")
    elif summary.active:
        st.caption(":material/stethoscope: Doctor: watching; here it says when something looks wrong.")


def _show_worst(summary: RunSummary, findings: Sequence[Diagnosis]) -> None:
    worst, more = findings[0], f" · {len(findings) - 1} more" if len(findings) > 1 else ""
    words = f"{ICONS[worst.severity]} Doctor: **{escape(worst.name)}**, {WORDS[worst.severity]}{more}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        _fix_button(summary, worst, "line")


@st.cache_resource(ttl=FACTS_SECONDS, max_entries=BOARDS, show_spinner=False)
def _facts(run: str) -> DatasetFacts:
    return read_facts(runs.find(run).config.dataset)


def _show_evidence(summary: RunSummary) -> None:
    findings: list[Diagnosis] = []
    with plain_errors():  # it may just have been deleted
        findings = findings_of(board_of(summary.run))
    for place, finding in enumerate(findings):
        st.markdown(
            f"{ICONS[finding.severity]} **{escape(finding.name)}**, {WORDS[finding.severity]}. "
            f"{escape(finding.sentence)}"
        )
        st.caption(escape(finding.evidence))
        if place:
            _fix_button(summary, finding, "more")


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
