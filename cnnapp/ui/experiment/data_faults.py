"""A last word before Start on what the data set lacks."""

import streamlit as st

from cnnapp import datasets
from cnnapp.ui import pages
from cnnapp.ui.kit.feedback import escape, next_step


def warn_of_data(name: str) -> None:
    """Say which classes of a data set cannot be learned or tested; nothing of one that is as it should be."""
    if not datasets.info(name).prepared:
        return
    faults = datasets.find_class_faults(datasets.load(name))
    if faults:
        st.warning(escape(" ".join(fault.sentence for fault in faults)), icon=":material/warning:")
        next_step("See their images", pages.DATASET)
