"""The dataset worker's jobs on the page: progress with numbers, Cancel, and what came of them."""

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import DatasetJob
from cnnapp.errors import CnnAppError
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import choose_dataset, choose_view, forget_reading
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.words import duration

TICK_SECONDS = 0.5
_FILE, _FAILURE, _OF_READING = "dataset_file", "dataset_failure", "dataset_reading"
_DONE = {"import": "imported", "check": "checked", "revision": "made", "export": "zipped"}  # whose end is worth a word
_MAKE_NOTHING = ("check", "export", "reading")  # kinds of jobs that make no data set
_JOB = "dataset_job"  # the job that this session asked for and has not seen the end of


def follow(job: str, file: str = "", *, reading: str = "") -> None:
    """Remember a job of this session: its data set will be chosen when it is done, its failure shown with its file.

    Args:
        job: its id.
        file: what its source is called.
        reading: that it imports: its failure leads back there.
    """
    st.session_state[_JOB], st.session_state[_FILE], st.session_state[_OF_READING] = job, file, reading


def settle_followed() -> str | None:
    """Choose the data set that has come of the session's job, or say why none has; before the picker.

    Returns:
        The job while it goes on: to be watched, even if it ends before the page comes to that.
    """
    job = _followed()
    if job is None:
        return None
    if job.live:
        return job.job
    del st.session_state[_JOB]
    if job.state == "finished":
        if job.kind not in _MAKE_NOTHING:  # it may be over long after another set was chosen
            choose_dataset(job.name)
        if job.kind == "import":
            choose_view("Look")
            forget_reading(st.session_state.get(_OF_READING, ""))
        st.session_state.pop(_FAILURE, None)
        if job.kind in _DONE:
            st.toast(f"{escape(job.title)} is {_DONE[job.kind]}.", icon=":material/check:")
    elif job.state not in ("stopped", "interrupted"):
        st.session_state[_FAILURE] = f"{st.session_state.get(_FILE) or job.title}: {job.message}"
    return None


def show_failure() -> None:
    """Say which imports were interrupted, and why the session's last job failed, until the person has read it."""
    for job in _interrupted():
        _offer_to_go_on(job)
    message = st.session_state.get(_FAILURE)
    if not message:
        return
    words, button = st.columns([6, 1], vertical_alignment="center")
    words.error(escape(message), icon=":material/error:")
    if reading := st.session_state.get(_OF_READING):
        words.page_link(pages.IMPORT, label="Back to what was read →", query_params={"reading": reading})
    button.button("Dismiss", on_click=st.session_state.pop, args=(_FAILURE,), width="stretch")


def _interrupted() -> list[DatasetJob]:
    """Return the newest job of each data set that is not there, where that job was interrupted."""
    newest: dict[str, DatasetJob] = {}
    for job in datasets.jobs():
        if job.kind not in _MAKE_NOTHING:
            newest.setdefault(job.name, job)
    ready = {info.name for info in datasets.infos() if info.prepared}
    return [job for job in newest.values() if job.state == "interrupted" and job.name not in ready]


def _offer_to_go_on(job: DatasetJob) -> None:
    words, go_on, discard = st.columns([5, 1, 1], vertical_alignment="center")
    read = f" {job.done:,} of {job.total:,} {job.unit} were done." if job.total else ""
    words.warning(escape(f"{job.title} was interrupted: {job.message}{read}"), icon=":material/pause_circle:")
    help_ = "Goes on where it was: what has been read is not read again."
    if go_on.button("Go on", key=f"go-on-{job.job}", help=help_, width="stretch"):
        with plain_errors():
            datasets.resume(job.job)
            follow(job.job)
            st.rerun()
    if discard.button("Discard", key=f"discard-{job.job}", width="stretch"):
        datasets.cancel(job.job)
        st.rerun()


def live_jobs() -> list[str]:
    """Return the imports, checks and new versions under way, whoever asked for them."""
    return [job.job for job in datasets.jobs() if job.live and job.kind not in ("prepare", "reading")]


def watch_job(job: str) -> None:
    """Show a job's progress until it ends; then the page runs once more."""
    fragment(_panel, run_every=TICK_SECONDS)(job)


def _panel(name: str) -> None:
    try:
        job = datasets.get_job(name)
    except CnnAppError:
        st.rerun()
    if not job.live:
        st.rerun()
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.progress(job.done / job.total if job.total else 0.0, text=escape(progress_words(job)))
    if button.button("Cancel", key=f"cancel-{name}", disabled=job.state == "stopping", width="stretch"):
        datasets.cancel(name)
        st.rerun()


def progress_words(job: DatasetJob) -> str:
    """Return what a job does now: "Unpacking x_train: 47 of 154 MB, 3 s left"."""
    if job.state == "stopping":
        return f"{job.title}: stopping…"
    if not job.what:
        return f"{job.title}: preparing…"
    if job.unit == "bytes":
        numbers = f"{job.done / 1e6:,.0f} of {job.total / 1e6:,.0f} MB"
    else:
        numbers = f"{job.done:,} of {job.total:,}"
    left = f", {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    return f"{job.what}: {numbers}{left}"


def _followed() -> DatasetJob | None:
    try:
        return datasets.get_job(st.session_state[_JOB])
    except KeyError:
        return None
    except CnnAppError:
        del st.session_state[_JOB]
        return None
