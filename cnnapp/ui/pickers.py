"""Which data set, network and run are chosen: carried along over pages, over reload, and by URL.

`bind="query-params"` is not enough: it takes the visible labels as values, leaves the default out of the
address, so that a sent link changes its meaning when a newer run comes, and drops an unknown value silently.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from cnnapp import architectures, datasets, runs
from cnnapp.runs import RunSummary
from cnnapp.ui.feedback import escape

DATASET, NETWORK, RUN = "dataset", "network", "run"  # names of the query parameters


def pick_dataset(label: str = "Data set") -> str:
    """Show the picker of data sets; return the chosen one's name."""
    titles = {info.name: f"{info.name} · {info.title}" for info in datasets.infos()}
    return _pick(DATASET, label, list(titles), titles.__getitem__)


def pick_architecture(label: str = "Network") -> str:
    """Show the picker of networks; return the chosen one's catalog key."""
    titles = {row.key: f"{row.key} · {row.title}" for row in architectures.catalog()}
    default = "lenet5" if "lenet5" in titles else None
    return _pick(NETWORK, label, list(titles), titles.__getitem__, default)


def pick_run(label: str = "Run") -> RunSummary | None:
    """Show the picker of runs, newest first; return the chosen one, or None when there is none to choose."""
    summaries = {summary.run: summary for summary in runs.list_runs() if not summary.damaged}
    if not summaries:
        return None
    return summaries[_pick(RUN, label, list(summaries), lambda run: summaries[run].label)]


def current_run() -> RunSummary | None:
    """Return the chosen run without showing a picker; the newest one when none is chosen."""
    summaries = [summary for summary in runs.list_runs() if not summary.damaged]
    wanted = st.query_params.get(RUN) or st.session_state.get(f"chosen_{RUN}")
    return next((summary for summary in summaries if summary.run == wanted), summaries[0] if summaries else None)


def choose_dataset(name: str) -> None:
    """Make `name` the chosen data set, before `st.switch_page`."""
    _choose(DATASET, name)


def choose_architecture(key: str) -> None:
    """Make `key` the chosen network, before `st.switch_page`."""
    _choose(NETWORK, key)


def choose_run(run: str) -> None:
    """Make `run` the chosen run, before `st.switch_page`."""
    _choose(RUN, run)


def write_address() -> None:
    """Put what the page's pickers show into its address, at once: every change of it is a step for Back."""
    shown = st.session_state.pop("to_address", {})
    if any(st.query_params.get(param) != value for param, value in shown.items()):
        st.query_params.update(shown)


def _choose(param: str, value: str) -> None:
    st.session_state[f"chosen_{param}"] = value
    if param in st.query_params:  # the address wins over memory, so it must not name the former choice
        st.query_params[param] = value


def _pick(
    param: str, label: str, options: Sequence[str], words: Callable[[str], str], default: str | None = None
) -> str:
    asked, remembered = st.query_params.get(param), st.session_state.get(f"chosen_{param}")
    chosen: str = next((value for value in (asked, remembered, default) if value and value in options), options[0])
    if asked is not None and asked not in options:
        _say_unknown(label, asked, words(chosen))
    st.session_state.setdefault("to_address", {})[param] = chosen
    st.session_state[f"chosen_{param}"] = chosen
    st.session_state[f"pick_{param}"] = chosen  # at every run: a select box on another page is another one
    st.selectbox(label, options, format_func=words, key=f"pick_{param}", on_change=_take, args=(param,))
    return chosen


def _take(param: str) -> None:
    st.query_params[param] = st.session_state[f"chosen_{param}"] = st.session_state[f"pick_{param}"]


def _say_unknown(label: str, asked: str, shown: str) -> None:
    sentence = f"{label} “{asked[:80]}” from the address is not in this library: “{shown}” is shown instead."
    st.warning(escape(sentence), icon=":material/link_off:")
