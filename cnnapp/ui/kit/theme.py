"""The theme that the person sees."""

import streamlit as st

from cnnapp.figures.colour_maps import Theme


def page_theme() -> Theme:
    """Return the theme that the person sees."""
    return "dark" if st.context.theme.type == "dark" else "light"
