"""Sizes of a network that whoever trains it may choose; the same on the pages that show it and that train it."""

from collections.abc import Mapping

import streamlit as st

from cnnapp.architectures import Architecture


def fill_options(network: Architecture) -> dict[str, int]:
    """Show a network's options side by side; return the chosen values. Shows nothing where it has none."""
    chosen: dict[str, int] = {}
    if not network.options:
        return chosen
    for column, option in zip(st.columns(max(2, len(network.options))), network.options, strict=False):
        chosen[option.name] = column.selectbox(
            option.title,
            option.choices,
            option.choices.index(option.default),
            help=option.about,
            key=_key(network, option.name),
            persist_state="session",
        )
    return chosen


def put_options(network: Architecture, options: Mapping[str, int]) -> None:
    """Fill in a network's options, before they are shown."""
    for name, value in options.items():
        st.session_state[_key(network, name)] = value


def _key(network: Architecture, name: str) -> str:
    return f"{network.key}.option.{name}"
