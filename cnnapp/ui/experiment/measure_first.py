"""The probes before Start, on a throw-away copy of the chosen network: a good learning rate, time, memory."""

from typing import get_args

import streamlit as st

from cnnapp import runs
from cnnapp.architectures import Architecture
from cnnapp.errors import CnnAppError
from cnnapp.figures.rate_curve import plot_range_curve
from cnnapp.runs import RunConfig, probes
from cnnapp.runs.probes import PreflightResult, Probe, ProbeKind, RangeResult
from cnnapp.ui.experiment.preflight_facts import show_preflight
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.fragments import fragment

TICK_SECONDS = 0.5
RATE, COST = "A good learning rate", "Time and memory"  # the tabs
_OPEN, _TAB = "measure-first", "measure_first_tab"  # whether it is open; the tab that a newcomer to the page sees
_ASKED = "preflight_probe"  # the probe that this session asked for and has not seen the end of


def settle_measured() -> None:
    """Choose the fastest mode once the probe that this session asked for has ended; before the form is shown."""
    if _ASKED not in st.session_state:
        return
    try:
        probe = probes.get(st.session_state[_ASKED])
    except CnnAppError:
        del st.session_state[_ASKED]
        return
    if probe.live:
        return
    del st.session_state[_ASKED]
    if probe.result is None:
        return
    found, recipe = PreflightResult.model_validate(probe.result), probe.config.recipe
    fastest = found.fastest
    if fastest != found.mode(recipe.precision, jit_compile=recipe.jit_compile):
        key = probe.config.architecture
        st.session_state[f"{key}.precision"] = fastest.precision
        st.session_state[f"{key}.jit_compile"] = fastest.jit_compile
        st.toast(f"{fastest.words} is the fastest here and is now chosen under Advanced.", icon=":material/speed:")


def measure_first(network: Architecture, config: RunConfig) -> None:
    """Offer what can be measured of the run that Start would start, and show what has been found.

    Args:
        network: whose form a proposed rate is put into.
        config: the run.
    """
    _open_what_is_under_way(config)
    with st.expander("Measure first: learning rate, time, memory", key=_OPEN, on_change="rerun"):
        rate, cost = st.tabs([RATE, COST], default=st.session_state[_TAB])
        with rate:
            _watched(network, config, "range")
        with cost:
            _watched(network, config, "preflight")


def close_measured() -> None:
    """Make room for the run that has been started, before what is measured is shown again."""
    st.session_state[_OPEN] = False


def _open_what_is_under_way(config: RunConfig) -> None:
    """Whoever comes back to the page, or loads it again, finds open what is being measured."""
    if _OPEN in st.session_state:
        return
    live = [kind for kind in get_args(ProbeKind) if (found := probes.find(kind, config)) is not None and found.live]
    st.session_state[_OPEN] = bool(live)
    st.session_state[_TAB] = COST if live == ["preflight"] else RATE


def _watched(network: Architecture, config: RunConfig, kind: ProbeKind) -> None:
    found = probes.find(kind, config)
    live = found is not None and found.live
    fragment(_panel, run_every=TICK_SECONDS if live else None)(network, config, kind, live=live)


def _panel(network: Architecture, config: RunConfig, kind: ProbeKind, *, live: bool) -> None:
    found = probes.find(kind, config)
    if found is not None and found.live:
        _show_progress(found)
        return
    if live:  # it has just ended: the clock of this part stops
        st.rerun()
    if found is None:
        _offer(kind, config)
    elif found.state != "finished" or found.result is None:
        st.warning(escape(found.message or "It ended without a result."), icon=":material/warning:")
        _ask(kind, config, "Try again")
    elif kind == "range":
        _show_range(network, config, RangeResult.model_validate(found.result))
    else:
        show_preflight(network, config, PreflightResult.model_validate(found.result))
        _ask(kind, config, "Check again")


def _offer(kind: ProbeKind, config: RunConfig) -> None:
    if kind == "range":
        st.markdown(
            "Tries 100 learning rates from very small to very large, one training step each, on a copy of this "
            "network that is thrown away, and proposes one. It takes some seconds."
        )
        _ask(kind, config, "Find a learning rate")
    else:
        st.markdown(
            "Takes some steps of this very run on a copy of the network that is thrown away, and says how long it will "
            "take, how much memory, which batch is the largest that fits, and whether mixed precision or XLA is "
            "faster here. It takes half a minute or so."
        )
        _ask(kind, config, "Check time and memory")


def _ask(kind: ProbeKind, config: RunConfig, label: str) -> None:
    if st.button(label, icon=":material/science:", key=f"ask-{kind}"):
        with plain_errors():
            probe = runs.request_probe(kind, config)
            if kind == "preflight":
                st.session_state[_ASKED] = probe
            st.rerun()


def _show_progress(probe: Probe) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.progress(probe.done / probe.total if probe.total else 0.0, describe_progress(probe))
    if button.button("Cancel", key=f"cancel-{probe.job}", disabled=probe.state == "stopping", width="stretch"):
        with plain_errors():
            probes.cancel(probe.job)
            st.rerun()


def describe_progress(probe: Probe) -> str:
    """Say how far a probe is."""
    if probe.state == "queued":
        return "Waits until another probe has ended or a GPU is free …"
    if probe.state == "stopping":
        return "Stopping …"
    what = probe.what or "Starting"
    return f"{what}: {probe.done} of {probe.total}" if probe.total and probe.kind == "range" else f"{what} …"


def _show_range(network: Architecture, config: RunConfig, found: RangeResult) -> None:
    chart = plot_range_curve(found.rates, found.losses, found.smooth, found.proposed)
    words = describe_range(found)
    st.vega_lite_chart(chart, alt=words, key="range-curve")
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.proposed is not None:
            _offer_rate(network, config, found.proposed)
        _ask("range", config, "Measure again")
    st.caption(escape(words))


def _offer_rate(network: Architecture, config: RunConfig, rate: float) -> None:
    used = config.recipe.learning_rate == rate
    if st.button(
        f"Use {rate:g}",
        type="secondary" if used else "primary",
        disabled=used,
        on_click=st.session_state.update,
        args=({f"{network.key}.learning_rate": rate},),
    ):
        st.rerun()


def describe_range(found: RangeResult) -> str:
    """Say in words what a range test has shown."""
    if found.proposed is None:
        return "The loss did not fall at any learning rate: look at the data and the network first."
    lowest = found.rates[min(range(len(found.smooth)), key=found.smooth.__getitem__)]
    return (
        f"{found.proposed:g} is proposed: there the loss has made most of its fall. It is lowest at {lowest:.2g}, but "
        "from there on it soon rises, and a whole run needs some distance from that."
    )
