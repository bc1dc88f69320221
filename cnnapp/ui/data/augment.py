"""The view "Augment" of the Data set page: random changes of the training images, tried on a few of them."""

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import DatasetInfo
from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation
from cnnapp.ui import pages
from cnnapp.ui.data import tried_augmentation
from cnnapp.ui.data.augmentation_form import AugmentationForm, describe_augmentation
from cnnapp.ui.data.augmented_grid import show_augmented
from cnnapp.ui.kit.feedback import escape, next_step
from cnnapp.ui.kit.fragments import fragment

_SEED = "augment-seed"
_BESIDE = 430  # pixels: the settings scroll beside pictures that stay in view


@fragment
def show(info: DatasetInfo) -> None:
    """Ask for changes, show what they do, and hand them to the form of the Train page if wanted."""
    form = AugmentationForm(f"augment {info.name}", AUGMENTATION_PRESETS["digits" if info.ink else "food"])
    seed = st.session_state.setdefault(_SEED, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=260):
            form.pick_preset()
        st.button("Another draw", icon=":material/casino:", on_click=_draw_again)
        st.button(
            "Use these for training",
            icon=":material/check:",
            on_click=tried_augmentation.keep,
            args=(info.name, form.chosen),
        )
    _say_what_is_chosen(form.chosen, info)
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


def _say_what_is_chosen(chosen: Augmentation, info: DatasetInfo) -> None:
    parts = [label if value == "yes" else f"{label} {value}" for label, value in describe_augmentation(chosen)]
    words = ", ".join(parts)
    st.markdown(f"{words[0].upper()}{words[1:]}." if words else "No changes: every epoch sees the same images.")
    if tried_augmentation.kept(info.name) == chosen:
        with st.container(horizontal=True, vertical_alignment="center"):
            where = f"for {escape(info.title)}, with every network"
            st.markdown(f":material/check: The form of the Train page has these now {where}.")
            next_step("Train with them", pages.TRAIN)
