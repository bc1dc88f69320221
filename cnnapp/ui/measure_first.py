"""What can be measured before Start: a good learning rate, on a throw-away copy of the chosen network."""

import streamlit as st

from cnnapp import runs
from cnnapp.architectures import Architecture
from cnnapp.figures.rate_curve import plot_range_curve
from cnnapp.runs import RunConfig, trials
from cnnapp.runs.trials import RangeResult, Trial, TrialKind
from cnnapp.ui.feedback import escape, plain_errors

TICK_SECONDS = 0.5


def measure_first(network: Architecture, config: RunConfig) -> None:
    """Offer what can be measured of the run that Start would start, and show what has been found.

    Args:
        network: whose form a proposed rate is put into.
        config: the run.
    """
    with st.expander("Measure first: a good learning rate", icon=":material/science:", key="measure-first"):
        found = trials.find("range", config)
        live = found is not None and found.live
        st.fragment(_range_panel, run_every=TICK_SECONDS if live else None)(network, config, live=live)


def _range_panel(network: Architecture, config: RunConfig, *, live: bool) -> None:
    found = trials.find("range", config)
    if found is not None and found.live:
        _show_progress(found)
        return
    if live:  # it has just ended: the clock of this part stops
        st.rerun()
    if found is None:
        st.markdown(
            "Tries 100 learning rates from very small to very large, one training step each, on a copy of this "
            "network that is thrown away, and proposes one. It takes some seconds."
        )
        _ask("range", config, "Find a learning rate")
    elif found.state != "finished" or found.result is None:
        st.warning(escape(found.message or "It ended without a result."), icon=":material/warning:")
        _ask("range", config, "Try again")
    else:
        _show_range(network, config, RangeResult.model_validate(found.result))


def _ask(kind: TrialKind, config: RunConfig, label: str) -> None:
    if st.button(label, icon=":material/science:", key=f"ask-{kind}"):
        with plain_errors():
            trials.request(kind, config)
            runs.schedule()
            st.rerun()


def _show_progress(trial: Trial) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    if trial.state == "queued":
        text = "Waits until another measurement has ended or a GPU is free …"
    elif trial.state == "stopping":
        text = "Stopping …"
    else:
        text = f"{trial.what or 'Starting'}: {trial.done} of {trial.total}" if trial.total else f"{trial.what} …"
    words.progress(trial.done / trial.total if trial.total else 0.0, text)
    if button.button("Cancel", key=f"cancel-{trial.trial}", disabled=trial.state == "stopping", width="stretch"):
        with plain_errors():
            trials.cancel(trial.trial)
            st.rerun()


def _show_range(network: Architecture, config: RunConfig, found: RangeResult) -> None:
    chart = plot_range_curve(found.rates, found.losses, found.smooth, found.proposed)
    words = describe_range(found)
    st.vega_lite_chart(chart, alt=words, key="range-curve")
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.proposed is not None:
            key = f"{network.key}.learning_rate"
            used = config.recipe.learning_rate == found.proposed
            if st.button(
                f"Use {found.proposed:g}",
                type="secondary" if used else "primary",
                disabled=used,
                on_click=st.session_state.update,
                args=({key: found.proposed},),
            ):
                st.rerun()
        _ask("range", config, "Measure again")
    st.caption(escape(words))


def describe_range(found: RangeResult) -> str:
    """Say in words what a range test has shown."""
    if found.proposed is None:
        return "The loss did not fall at any learning rate: look at the data and the network first."
    lowest = found.rates[min(range(len(found.smooth)), key=found.smooth.__getitem__)]
    return (
        f"{found.proposed:g} is proposed: there the loss has made most of its fall, but is still below {lowest:.1g}, "
        "where it is lowest and soon begins to rise. A whole run needs that distance."
    )
