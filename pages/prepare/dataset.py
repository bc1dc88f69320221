"""Data set: choose, download, import and look at images."""

from collections.abc import Callable, Sequence

import streamlit as st

from cnnapp import datasets, runs
from cnnapp.datasets import DatasetInfo, PreparedDataset
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import choose_dataset, forget_dataset, pick_dataset, pick_view
from cnnapp.ui.data import augment, check, look
from cnnapp.ui.data.faults import show_faults, show_unlabelled
from cnnapp.ui.data.file_facts import CONVERSIONS
from cnnapp.ui.data.importing import offer_archive
from cnnapp.ui.data.jobs import follow, live_jobs, settle_followed, show_failure, watch_job
from cnnapp.ui.data.look import labels_of
from cnnapp.ui.kit.feedback import escape, next_step, plain_errors

VIEWS: dict[str, Callable[[DatasetInfo], None]] = {  # of a prepared data set
    "Look": look.show,
    "Check": check.show,
    "Augment": augment.show,
}
MOST_LISTED = 1000  # files that were left out; a browser need not hold more


def main() -> None:
    st.title(pages.TITLES[pages.DATASET])
    followed = settle_followed()
    info = ask()
    show_failure()
    progress = st.container()  # always there: a tick that comes late must not draw over something else
    st.caption(escape(info.description or f"“{info.title}”, imported here."))
    with plain_errors():
        preparing = show(info)
    with progress, plain_errors():
        for job in dict.fromkeys([followed, *live_jobs(), preparing]):
            if job is not None:
                watch_job(job)
    next_step("Next: choose a network", pages.ARCHITECTURE)


def ask() -> DatasetInfo:
    picker, importer = st.columns([5, 1], vertical_alignment="bottom")
    with picker:
        name = pick_dataset()
    with importer:
        if st.button("Import …", icon=":material/upload:", width="stretch"):
            st.switch_page(pages.IMPORT)
    return datasets.info(name)


def ask_size(name: str) -> None:
    sizes = datasets.sizes(name)
    if not sizes:
        return
    key = f"size-{name}"
    st.session_state[key] = next(size for size, sized in sizes.items() if sized == name)
    st.selectbox(
        "Size of the images",
        list(sizes),
        key=key,
        format_func=lambda side: f"{side}×{side}",
        on_change=take_size,
        args=(name,),
        width=200,
    )


def take_size(name: str) -> None:
    wanted = datasets.sizes(name)[st.session_state[f"size-{name}"]]
    if not datasets.info(wanted).prepared:
        follow(datasets.request_prepare(wanted))
    choose_dataset(wanted)


def show(info: DatasetInfo) -> str | None:
    """Show the data set as far as it is there; return the job that prepares it."""
    if info.status == "damaged":
        show_damaged(info)
    elif info.prepared:
        show_prepared(info)
    elif info.job or info.source == "bundled":
        return info.job or datasets.request_prepare(info.name)
    else:
        show_download(info)
    return None


def show_damaged(info: DatasetInfo) -> None:
    st.error(escape(info.problem), icon=":material/broken_image:")
    advanced(info)


def show_download(info: DatasetInfo) -> None:
    headline(info.train, 0, info)
    with st.container(border=True):
        st.markdown(f"**{escape(info.title)}** is not on this machine yet.")
        if st.button(f"Download {info.download_bytes / 1e6:,.0f} MB from the internet", type="primary"):
            follow(datasets.request_prepare(info.name))
            st.rerun()
        offer_archive(info.name)


def show_prepared(info: DatasetInfo) -> None:
    dataset = datasets.load(info.name)
    train, validation = labels_of(dataset)
    headline(len(train), len(validation), info, beside=list_beside(dataset))
    show_faults(dataset)
    show_report(dataset)
    VIEWS[pick_view(VIEWS)](info)
    advanced(info)


def list_beside(dataset: PreparedDataset) -> list[str]:
    """What was offered beside the images with a label, in plain numbers."""
    unlabelled, skipped = dataset.manifest.unlabelled, len(dataset.manifest.skipped)
    parts = [f"**{unlabelled.count:,}** without a label"] if unlabelled else []
    return [*parts, f"**{skipped:,}** left out"] if skipped else parts


def headline(training: int, validation: int, info: DatasetInfo, *, beside: Sequence[str] = ()) -> None:
    parts = [
        f"**{training:,}** train",
        *([f"**{validation:,}** validation"] if validation else []),
        f"**{info.test:,}** test",
        f"**{len(info.class_names)}** classes",
        f"**{'×'.join(map(str, info.image_shape))}**",
        *beside,
    ]
    st.markdown(" · ".join(parts))


def show_report(dataset: PreparedDataset) -> None:
    manifest = dataset.manifest
    for notice in manifest.notices:
        st.info(escape(notice), icon=":material/info:")
    for kind, count in manifest.converted.items():
        st.info(f"{count:,} images converted: {CONVERSIONS.get(kind, kind)}.", icon=":material/swap_horiz:")
    if manifest.skipped:
        count = len(manifest.skipped)
        with st.expander(f"{count:,} files were left out" if count > 1 else "One file was left out"):
            first = manifest.skipped[:MOST_LISTED]
            st.dataframe([skipped.model_dump() for skipped in first], hide_index=True)
            if len(manifest.skipped) > MOST_LISTED:
                st.caption(f"The first {MOST_LISTED:,}; manifest.json of the data set names them all.")

    show_unlabelled(dataset)


def advanced(info: DatasetInfo) -> None:
    with st.expander("Advanced", icon=":material/tune:"):
        ask_size(info.name)
        total = sum(other.disk_bytes for other in datasets.infos())
        st.markdown(f"On disk: **{megabytes(info.disk_bytes)}**, of {megabytes(total)} for all data sets.")
        with st.container(horizontal=True):
            if info.status == "ready":
                offer_zip(info)
            if st.button("Delete …", icon=":material/delete:"):
                confirm_delete(info)


def offer_zip(info: DatasetInfo) -> None:
    job = datasets.exported(info.name)
    file = datasets.export_file(job) if job else None
    if job and file:
        label = f"Download {info.name}.zip ({megabytes(file.stat().st_size)})"
        st.link_button(escape(label), f"exports/{job}", icon=":material/download:")
        return
    help_ = f"A folder for each part and class, as `cnnapp dataset-export {info.name} --to FILE` writes it."
    if st.button("Make a zip", icon=":material/folder_zip:", help=help_):
        with plain_errors():
            follow(datasets.request_export(info.name))
            st.rerun()


@st.dialog("Delete this data set?")
def confirm_delete(info: DatasetInfo) -> None:
    back = {"bundled": "It is drawn again when it is needed.", "download": "It can be downloaded again."}
    st.markdown(
        f"**{escape(info.title)}** frees {megabytes(info.disk_bytes)}. {back.get(info.source, 'It is gone for good.')}"
    )
    users = runs.using_dataset(info.name)
    if users:
        st.warning(f"{len(users)} runs train on it now or wait for it; those that wait will fail.")
    if st.button("Delete", type="primary"):
        with plain_errors():
            datasets.delete(info.name)
            if all(info.name != left.name for left in datasets.infos()):  # it is no row of the catalog
                forget_dataset(info.name)
            st.rerun()


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


main()
