"""Whose the runs are that this browser starts: a name that its session remembers, else the server's own."""

import streamlit as st

from cnnapp.settings import settings

_NAME, _BOX = "owner", "owner_box"


def current_owner() -> str:
    """Return the name to start runs under."""
    return str(st.session_state.get(_NAME, settings().owner))


def ask_owner() -> None:
    """Let people say who they are."""
    st.session_state.setdefault(_BOX, current_owner())  # the box itself is forgotten on other pages
    about = "Shown with your runs, so that people who share this server can tell them apart. Remembered in this tab."
    st.session_state[_NAME] = st.text_input("Your name", key=_BOX, max_chars=60, help=about)
