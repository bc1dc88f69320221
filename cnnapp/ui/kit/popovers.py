"""Popovers that close once what they were opened for is done."""

from typing import Any

import streamlit as st

from cnnapp.ui.kit.internals import DeltaGenerator


def popover(label: str, name: str, **look: Any) -> DeltaGenerator:
    """Return a popover that `close_popover` closes.

    Args:
        label: of its button.
        name: unique on its page.
        **look: what `st.popover` takes.
    """
    return st.popover(label, key=f"{name}-{st.session_state.get(_number(name), 0)}", **look)


def close_popover(name: str) -> None:
    """Have the popover be closed when the page runs again: under a new key it is another one."""
    st.session_state[_number(name)] = st.session_state.get(_number(name), 0) + 1


def _number(name: str) -> str:
    return f"{name}-popover"
