"""What a later version of a data set may change as a whole: its split, its classes; and the button that makes it."""

from typing import Any

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import NewSplits, PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.ui.data.changes import Collected, collected, forget_collected
from cnnapp.ui.data.group_form import ask_groups
from cnnapp.ui.data.jobs import follow
from cnnapp.ui.kit.feedback import escape, plain_errors


def show_new_version(dataset: PreparedDataset) -> None:
    """Ask what shall be different, and offer to make the version with all that was collected."""
    changes = collected(dataset.digest)
    with st.expander("Make a new version", icon=":material/library_add:", key="new-version"):
        with plain_errors():
            changes.split = _ask_split(dataset)
        merge, rename = st.columns(2, gap="large")
        with merge:
            _ask_merge(dataset, changes)
        with rename:
            _ask_name(dataset, changes)
    _offer_version(dataset, changes)


def _ask_split(dataset: PreparedDataset) -> NewSplits | None:
    key = f"split-{dataset.digest[:16]}"
    if not st.toggle("Split all images again", key=key, help="The test images, too, are drawn anew from all images."):
        return None
    test, validation, seed, keep = st.columns([1, 1, 1, 2])
    count = sum(len(split.labels) for split in dataset.splits.values())
    fields: dict[str, Any] = {
        "test_share": test.number_input("Test, %", 1, 90, 15, key=f"{key}-test") / 100,
        "validation_share": validation.number_input(
            "Validation, %", 0, 89, 0, key=f"{key}-validation", help="0: training holds out a share of its images."
        )
        / 100,
        "seed": seed.number_input("Seed", 0, 2**31 - 1, 0, key=f"{key}-seed"),
    }
    with keep:
        facts = dataset.train.facts
        fields["groups"] = ask_groups(
            facts.files if facts is not None else (), key, auto="as in this version, else what looks alike"
        )
    if fields["test_share"] + fields["validation_share"] > datasets.MOST_HELD_OUT:
        raise CnnAppError("Testing and validation take nearly all images: leave at least 10 % for training.")
    split = NewSplits(**fields)
    st.caption(f"About {round(count * split.test_share):,} of {count:,} images will be for testing.")
    return split


def _ask_merge(dataset: PreparedDataset, changes: Collected) -> None:
    names, key = dataset.manifest.class_names, f"merge-{dataset.digest[:16]}"
    members = st.multiselect("Merge classes", names, key=key, placeholder="Two classes or more")
    changes.merged = {}
    if len(members) > 1:
        name = st.text_input(
            "Name of the merged class", members[0], key=f"{key}-{'-'.join(members)}"[:200], max_chars=60
        )
        changes.merged = {name: tuple(members)}


def _ask_name(dataset: PreparedDataset, changes: Collected) -> None:
    names = dataset.manifest.class_names
    old = st.selectbox("Rename a class", names, key=f"rename-{dataset.digest[:16]}")
    key = f"renamed-{dataset.digest[:16]}-{names.index(old)}"
    st.session_state[key] = changes.renamed.get(old, old)
    st.text_input("New name", key=key, max_chars=60, on_change=lambda: changes.rename(old, st.session_state[key]))


def _offer_version(dataset: PreparedDataset, changes: Collected) -> None:
    name = dataset.manifest.name
    if not changes:
        return
    _, title, version = datasets.next_version(name)
    with st.container(border=True):
        st.markdown(
            f"**{escape(changes.describe())}.** “{escape(title)}” will be a data set of its own; this one stays."
        )
        with st.container(horizontal=True):
            make = st.button(f"Make version {version}", type="primary", icon=":material/library_add_check:")
            st.button("Forget these changes", on_click=_forget, args=(dataset.digest,))
        if make:
            with plain_errors():
                follow(changes.request(name))
                forget_collected(dataset.digest)
                st.rerun()


def _forget(digest: str) -> None:
    forget_collected(digest)
    collected(digest).preselected = True  # what the person has forgotten does not come back by itself
    for key in [
        key for key in st.session_state if str(key).startswith((f"split-{digest[:16]}", f"merge-{digest[:16]}"))
    ]:
        del st.session_state[key]
