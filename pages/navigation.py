"""The frame around every page: window title, menu by section, the page itself."""

from itertools import groupby
from pathlib import Path

import streamlit as st

from cnnapp.ui.choice.pickers import write_address
from cnnapp.ui.pages import HOME, PAGES, PageEntry

HERE = Path(__file__).resolve().parent
ICON = HERE.parent / "cnnapp" / "ui" / "home" / "assets" / "icon.png"  # a named icon would be fetched from the internet
SIDEBAR_PIXELS = 220


def page(entry: PageEntry) -> st.Page:
    return st.Page(
        HERE / entry.path,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.url_path,
        default=entry.path == HOME,
        visibility="hidden" if entry.hidden else "visible",
    )


# The icon before st.navigation, which would take the page's; the title after it, because it names the page.
st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_PIXELS)
sections = groupby(PAGES, key=lambda entry: entry.section)
current = st.navigation({section: [page(entry) for entry in entries] for section, entries in sections})
title = "CNN Lab" if current.url_path == "" else f"{current.title} · CNN Lab"
st.set_page_config(page_title=title)
st.html(HERE / "navigation.css")
try:
    current.run()
finally:  # also when the page stops early
    write_address()
