"""The view "Augment" of the Data set page: random changes of the training images, tried on a few of them."""

import streamlit as st

from cnnapp import architectures, datasets
from cnnapp.datasets import DatasetInfo
from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation
from cnnapp.ui import pages
from cnnapp.ui.augmentation_form import AugmentationForm, describe_augmentation, put_augmentation
from cnnapp.ui.augmented_grid import show_augmented
from cnnapp.ui.feedback import next_step

_PREFIX = "augment"
_SEED, _CARRIED = "augment-seed", "augment-carried"
_BESIDE = 430  # pixels: the settings scroll beside pictures that stay in view


@st.fragment
def show(info: DatasetInfo) -> None:
    """Ask for changes, show what they do, and hand them to the form of the Train page if wanted."""
    form = AugmentationForm(_PREFIX, AUGMENTATION_PRESETS["digits" if info.ink else "food"])
    seed = st.session_state.setdefault(_SEED, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=260):
            form.pick_preset()
        st.button("Another draw", icon=":material/casino:", on_click=_draw_again)
        st.button("Use these for training", icon=":material/check:", on_click=_carry, args=(form.chosen,))
    _say_what_is_chosen(form.chosen)
    pictures, settings = st.columns([5, 2], gap="medium")
    with settings:
        with st.expander("Adjust", icon=":material/tune:"):
            form.fill([st.container(height=_BESIDE, border=False)])
        st.caption(
            f"Drawn with seed {seed}. In training every image is drawn anew in each epoch, from the run's seed alone: "
            "a run that was stopped and resumed sees the same images. **Training images only, never validation or "
            "test.**"
        )
    with pictures:
        show_augmented(datasets.load(info.name), form.chosen, seed=seed, key="augmented")


def _draw_again() -> None:
    st.session_state[_SEED] += 1


def _carry(chosen: Augmentation) -> None:
    for network in architectures.catalog():
        put_augmentation(network.key, chosen)
    st.session_state[_CARRIED] = chosen


def _say_what_is_chosen(chosen: Augmentation) -> None:
    parts = [label if value == "yes" else f"{label} {value}" for label, value in describe_augmentation(chosen)]
    words = ", ".join(parts)
    st.markdown(f"{words[0].upper()}{words[1:]}." if words else "No changes: every epoch sees the same images.")
    if st.session_state.get(_CARRIED) == chosen:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":material/check: The form of the Train page has these now, for every network.")
            next_step("Train with them", pages.TRAIN)
