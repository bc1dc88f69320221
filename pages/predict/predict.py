"""Predict: a trained network's answers to people's own pictures."""

import streamlit as st

from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.ui import pages
from cnnapp.ui.choice.model import LOADING, pick_model
from cnnapp.ui.choice.picture import Picture
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.predict.answers import ask, show_answers
from cnnapp.ui.predict.picture_input import ask_pictures, clear_pictures

SHOWN_CLASSES = 3


def main() -> None:
    st.title(pages.TITLES[pages.PREDICT])
    st.caption("Show the network a picture that it has never seen, and it says what it takes it for.")
    ref = pick_model()
    if ref is None:
        return
    giving, saying = st.columns([2, 3], gap="large")
    with giving:
        pictures = ask_pictures(ref)
        if pictures:
            st.button("Clear pictures", icon=":material/delete_sweep:", on_click=clear_pictures)
    count = ask_count(ref)
    with saying, plain_errors():
        show(ref, pictures, count)


def ask_count(ref: ModelRef) -> int:
    most = len(ref.card.class_names)
    with st.expander("Advanced"):
        return int(st.number_input("Classes to list", 1, most, min(SHOWN_CLASSES, most), key="top"))


def show(ref: ModelRef, pictures: list[Picture], count: int) -> None:
    if not pictures:
        names = ref.card.class_names
        known = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        hint = f"This network tells apart: {known}. Give it a picture, and its answer will stand here."
        st.info(escape(hint), icon=":material/gesture:")
        host().warm(ref)
        return
    with st.spinner(LOADING):
        entries = ask(ref, pictures)
    show_answers(entries, count)


main()
