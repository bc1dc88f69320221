"""Augmentation tried on the images of a data set and kept for training on it, with whatever network.

The form of a run belongs to its network. A data set with settings of its own has a form of augmentation of its own
for each network, so that what suits its images is not handed to others.
"""

import streamlit as st

from cnnapp import architectures
from cnnapp.recipes import Augmentation
from cnnapp.ui.data.augmentation_form import put_augmentation

_TRIED = "augmentation-tried"  # data set -> its augmentation


def keep(dataset: str, augmentation: Augmentation) -> None:
    """Let the form of every network begin with these settings when `dataset` is chosen."""
    st.session_state[_TRIED] = _tried() | {dataset: augmentation}
    for network in architectures.catalog():
        put_augmentation(form_of(network.key, dataset), augmentation)


def kept(dataset: str) -> Augmentation | None:
    """Return what was kept for training on `dataset`, if anything."""
    return _tried().get(dataset)


def form_of(network: str, dataset: str) -> str:
    """Return the prefix of the widgets that ask for the augmentation of this network's runs on this data set."""
    return f"{network} on {dataset}" if dataset in _tried() else network


def _tried() -> dict[str, Augmentation]:
    found: dict[str, Augmentation] = st.session_state.get(_TRIED, {})
    return found
