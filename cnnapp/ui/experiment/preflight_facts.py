"""What a run will cost here, as a probe before Start has found it."""

import streamlit as st

from cnnapp.architectures import Architecture
from cnnapp.runs import RunConfig
from cnnapp.runs.probes import Mode, PreflightResult
from cnnapp.runs.probes.results import gigabytes
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import duration

LONG_SECONDS = 3600  # of a run, that is worth a word


def show_preflight(network: Architecture, config: RunConfig, found: PreflightResult) -> None:
    """Show time, memory, the largest batch and the figures of each mode.

    Args:
        network: whose form a batch size is put into.
        config: the run as the form describes it now.
        found: of these settings.
    """
    recipe = config.recipe
    mode = found.mode(recipe.precision, jit_compile=recipe.jit_compile) or found.modes[0]
    if found.too_much:
        _say_too_much(network, found)
    elif mode.images_per_second is None:
        st.error(f"{mode.words} does not work here: choose another precision, or leave XLA out.")
    elif (seconds := found.run_seconds(mode, recipe.epochs)) > LONG_SECONDS:
        st.warning(f"This run will take about {duration(seconds)}.", icon=":material/schedule:")
    with st.container(horizontal=True):
        if mode.images_per_second is not None:
            each = f"{duration(found.epoch_seconds(mode))} per epoch, with its validation."
            st.metric("Time to the end", f"≈ {duration(found.run_seconds(mode, recipe.epochs))}", help=each)
        about = f"The most that the run takes; {gigabytes(found.budget_bytes)} may be used here now."
        st.metric("Memory", gigabytes(found.memory_bytes), help=about)
        about = "Larger ones do not fit into the memory, or there are no more training images."
        st.metric("Largest batch", f"{found.largest_batch:,}", help=f"{about} {_how_known(found)}")
    _show_modes(found, mode)
    st.caption(escape(f"{describe_conditions(found)} Precision and XLA are chosen under Advanced."))


def _say_too_much(network: Architecture, found: PreflightResult) -> None:
    st.error(escape(found.too_much), icon=":material/error:")
    if found.largest_batch:
        size = 2 ** (found.largest_batch.bit_length() - 1)
        if st.button(
            f"Use batches of {size}", on_click=st.session_state.update, args=({f"{network.key}.batch_size": size},)
        ):
            st.rerun()


def describe_conditions(found: PreflightResult) -> str:
    """Say what the figures are of."""
    words = f"Measured on {found.device} with this run's own steps"
    if found.timed_batch != found.batch_size:
        words += f", but in batches of {found.timed_batch:,}"
    if found.beside:
        return f"{words} while {found.beside} run{'s' * (found.beside > 1)} trained beside: alone it would be faster."
    return f"{words}."


def _how_known(found: PreflightResult) -> str:
    if found.largest_tried >= found.largest_batch:
        return "It was tried."
    return f"Tried up to {found.largest_tried:,} and reckoned from there."


def _show_modes(found: PreflightResult, chosen: Mode) -> None:
    plain = found.mode("float32", jit_compile=False)
    base = plain.images_per_second if plain else None
    rows = {
        "precision": [f"{mode.words}{' (chosen)' if mode == chosen else ''}" for mode in found.modes],
        "images per second": [_speed(mode) for mode in found.modes],
        "speed-up": [
            f"{mode.images_per_second / base:.2f} ×" if mode.images_per_second and base else "–" for mode in found.modes
        ],
    }
    st.dataframe(rows, hide_index=True, height="content")


def _speed(mode: Mode) -> str:
    return f"{mode.images_per_second:,.0f}" if mode.images_per_second else "does not work here"
