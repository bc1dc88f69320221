"""The frame around every page: window title, menu by section, the page itself."""

from itertools import groupby
from pathlib import Path

import streamlit as st

from cnnapp.ui.pages import HOME, PAGES, PageEntry

HERE = Path(__file__).resolve().parent


def page(entry: PageEntry) -> st.Page:
    return st.Page(
        HERE / entry.path,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.url_path,
        default=entry.path == HOME,
    )


st.set_page_config(page_title="CNN Lab", page_icon=":material/grid_view:", layout="wide")
sections = groupby(PAGES, key=lambda entry: entry.section)
current = st.navigation(
    {section: [page(entry) for entry in entries if (HERE / entry.path).exists()] for section, entries in sections}
)
current.run()
