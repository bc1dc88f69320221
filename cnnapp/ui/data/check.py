"""The view "Check" of the Data set page: what spoils training or testing, and a new version without it."""

import time

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import DatasetInfo, Finding, PreparedDataset, QualityReport
from cnnapp.ui.data.changes import Collected, collected, suggested
from cnnapp.ui.data.finding_images import show_finding_images
from cnnapp.ui.data.jobs import follow
from cnnapp.ui.data.new_version import show_new_version
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.fragments import fragment

MOST_FILES = 1000  # listed on the page; a browser need not hold more
_TITLES = {
    "leak": "In two parts at once",
    "conflict": "Same image, two labels",
    "no training images": "No training images",
    "small class": "Too few images",
    "no test images": "No test images",
    "alike class": "One picture all over",
    "exact duplicate": "Exact duplicates",
    "near duplicate": "Near duplicates",
    "flat": "No contrast",
    "dark": "Very dark",
    "bright": "Very bright",
    "blurred": "Blurred",
    "odd size": "Odd size or shape",
    "unreadable": "Files left out",
    "converted": "Converted",
}
_ICONS = {"serious": ":red[:material/error:]", "check": ":orange[:material/warning:]", "note": ":material/info:"}


@fragment
def show(info: DatasetInfo) -> None:
    """Offer a check; show what the last one found, and collect what shall become of it."""
    dataset, report = datasets.load(info.name), datasets.quality_report(info.name)
    if report is None:
        st.markdown(
            "Looks at every image for what spoils training or testing: the same image in training and test, "
            "duplicates, contradicting labels, dark, bright, blurred and odd ones. Nothing is changed by it."
        )
        _ask_check(info, "Check the images", first=True)
    else:
        _show_report(info, dataset, report)
    show_new_version(dataset)


def _ask_check(info: DatasetInfo, label: str, *, first: bool) -> None:
    under_way = any(job.live and (job.kind, job.name) == ("check", info.name) for job in datasets.jobs())
    if st.button(label, type="primary" if first else "secondary", icon=":material/search_check:", disabled=under_way):
        with plain_errors():
            follow(datasets.request_check(info.name))
            st.rerun()


def _show_report(info: DatasetInfo, dataset: PreparedDataset, report: QualityReport) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        when = time.strftime("%d %b %H:%M", time.localtime(report.created))
        st.markdown(f"All **{report.images:,}** images were looked at, {when}.", width="content")
        _ask_check(info, "Check again", first=False)
    if not report.findings:
        st.success("Nothing was found that would spoil training or testing.", icon=":material/check_circle:")
        return
    findings = report.findings
    number = st.radio(
        "Findings, the worst first",
        range(len(findings)),
        key=f"finding-{report.digest[:16]}",
        format_func=lambda place: _headline(findings[place]),
        captions=[escape(finding.sentence) for finding in findings],
    )
    _show_finding(dataset, findings[number or 0], collected(report.digest), key=f"{report.digest[:16]}-{number}")


def _headline(finding: Finding) -> str:
    count = len(finding.files) or (len(finding.groups) if finding.paired else finding.images)
    return f"{_ICONS[finding.severity]} {_TITLES[finding.kind]} · **{count:,}**"


def _show_finding(dataset: PreparedDataset, finding: Finding, changes: Collected, *, key: str) -> None:
    if finding.files:
        st.dataframe({"file": finding.files[:MOST_FILES]}, hide_index=True)
        return
    twins = suggested(finding)
    if finding.kind == "leak" and not changes.preselected:
        changes.excluded |= twins
        changes.preselected = True
    if twins:
        _offer_suggestion(finding, changes, twins)
    show_finding_images(dataset, finding, changes, key=key)


def _offer_suggestion(finding: Finding, changes: Collected, twins: set[datasets.ImageRef]) -> None:
    what = "all but one of each" if finding.paired else "all of these"
    if finding.kind == "leak":
        what = "the training copies"
    with st.container(horizontal=True):
        st.button(
            f"Leave out {what} ({len(twins):,})",
            on_click=changes.excluded.update,
            args=(twins,),
            disabled=twins <= changes.excluded,
        )
        images = {image for group in finding.groups for image in group}
        st.button(
            "Keep all of these",
            on_click=changes.excluded.difference_update,
            args=(images,),
            disabled=not images & changes.excluded,
        )
