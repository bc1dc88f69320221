"""Which data set, network, run, view and reading are chosen: carried along over pages, over reload, and by URL.

`bind="query-params"` is not enough: it takes the visible labels as values, leaves the default out of the
address, so that a sent link changes its meaning when a newer run comes, and drops an unknown value silently.
"""

import time
from collections.abc import Iterable, Mapping

import streamlit as st

from cnnapp import architectures, datasets, runs
from cnnapp.runs import RunSummary
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.words import cut_middle

DATASET, NETWORK, RUN, VIEW, READING = "dataset", "network", "run", "view", "reading"  # names of the query parameters
NARROW, WIDE = 22, 80  # characters that a box shows on a laptop: one of six in a row, one that has half of it
LAG_SECONDS = 10.0  # a browser on a busy machine; later the former address is somebody's step back


def pick_dataset(label: str = "Data set", *, room: int = WIDE) -> str:
    """Show the picker of data sets, whose box has room for so many characters; return the chosen one's name."""
    words = {info.name: _words(info.name, info.title, room) for info in datasets.infos()}
    return _pick(DATASET, words, label=label)


def pick_architecture(label: str = "Network", *, room: int = WIDE) -> str:
    """Show the picker of networks, whose box has room for so many characters; return the chosen one's catalog key."""
    words = {row.key: _words(row.key, row.title, room) for row in architectures.catalog()}
    return _pick(NETWORK, words, label=label, default="lenet5")


def _words(name: str, title: str, room: int) -> str:
    """Return "name · title", or where there is no room for it the name, which runs are called by, too."""
    words = name if title == name else f"{name} · {title}"
    return words if len(words) <= room else cut_middle(name, room)


def pick_run(label: str = "Run") -> RunSummary | None:
    """Show the picker of runs, newest first; return the chosen one, or None when there is none to choose.

    Without a choice it is the newest that has learned something: others have nothing to look into or to ask.
    """
    summaries = _runs()
    words = {run: cut_middle(summary.label, WIDE) for run, summary in summaries.items()}
    learned = (run for run, summary in summaries.items() if summary.epochs or summary.test_accuracy is not None)
    return summaries[_pick(RUN, words, label=label, default=next(learned, ""))] if summaries else None


def pick_view(views: Iterable[str]) -> str:
    """Show the views of a page side by side; return the chosen one's name."""
    words = {view: view for view in views}
    chosen = _choice(VIEW, words, label="View")
    key = _box(VIEW)
    st.session_state[key] = chosen
    st.segmented_control(
        "View", list(words), key=key, required=True, label_visibility="collapsed", on_change=_take, args=(VIEW, key)
    )
    return chosen


def current_run() -> RunSummary | None:
    """Return the chosen run, by default the newest one, without showing a picker."""
    summaries = _runs()
    words = {run: summary.label for run, summary in summaries.items()}
    return summaries[_choice(RUN, words, label="Run")] if summaries else None


def current_reading() -> str:
    """Return the reading that the Import page shows; "" for none."""
    reading: str = _asked(READING) or st.session_state.get(f"chosen_{READING}", "")
    if reading:
        st.session_state[f"chosen_{READING}"] = reading
        st.session_state.setdefault("to_address", {})[READING] = reading
    return reading


def _runs() -> dict[str, RunSummary]:
    return {summary.run: summary for summary in runs.list_runs() if not summary.damaged}


def choose_dataset(name: str) -> None:
    """Make `name` the chosen data set, before `st.switch_page`."""
    _choose(DATASET, name)


def choose_architecture(key: str) -> None:
    """Make `key` the chosen network, before `st.switch_page`."""
    _choose(NETWORK, key)


def choose_run(run: str) -> None:
    """Make `run` the chosen run, before `st.switch_page`."""
    _choose(RUN, run)


def choose_reading(job: str) -> None:
    """Make `job` the reading that the Import page shows."""
    _choose(READING, job)


def choose_view(name: str) -> None:
    """Make `name` the view that is shown."""
    _choose(VIEW, name)


def forget_dataset(name: str) -> None:
    """Choose `name`, which has been deleted, no longer."""
    _forget(DATASET, name)


def forget_run(run: str) -> None:
    """Choose `run`, which has been deleted, no longer."""
    _forget(RUN, run)


def forget_reading(job: str) -> None:
    """Show the reading `job` no longer."""
    _forget(READING, job)


def write_address() -> None:
    """Put what the page's pickers show into its address, at once: every change of it is a step for Back."""
    st.session_state.setdefault("left", {}).update(st.session_state.pop("leaving", {}))
    shown = st.session_state.pop("to_address", {})
    if any(st.query_params.get(param) != value for param, value in shown.items()):
        st.query_params.update(shown)


def _choose(param: str, value: str) -> None:
    if st.session_state.get(f"chosen_{param}") != value:
        st.session_state[f"box_{param}"] = st.session_state.get(f"box_{param}", 0) + 1
    st.session_state[f"chosen_{param}"] = value
    if (left := st.query_params.get(param, value)) != value:
        st.session_state.setdefault("leaving", {})[param] = left, time.monotonic()
    # The address wins over memory: where it names the former choice, or is about to, it must follow.
    if param in st.query_params:
        st.query_params[param] = value
    if param in st.session_state.get("to_address", {}):
        st.session_state["to_address"][param] = value


def _forget(param: str, value: str) -> None:
    if st.session_state.get(f"chosen_{param}") == value:
        del st.session_state[f"chosen_{param}"]
    if st.session_state.get("to_address", {}).get(param) == value:
        del st.session_state["to_address"][param]
    if st.query_params.get(param) == value:
        st.session_state.setdefault("leaving", {})[param] = value, time.monotonic()
        del st.query_params[param]


def _choice(param: str, words: Mapping[str, str], *, label: str, default: str = "") -> str:
    """Return which key of `words` is chosen: by the address, else before, else by default; remember it."""
    asked, remembered = _asked(param), st.session_state.get(f"chosen_{param}", "")
    chosen = next((value for value in (asked, remembered, default) if value in words), next(iter(words)))
    if asked and asked not in words:
        _say_unknown(label, asked, words[chosen])
    st.session_state[f"chosen_{param}"] = chosen
    st.session_state.setdefault("to_address", {})[param] = chosen
    return chosen


def _asked(param: str) -> str:
    """Return what the address asks for, but not what a browser still says that has not heard of the newest choice."""
    asked = st.query_params.get(param, "")
    if param in st.session_state.get("leaving", {}):
        return asked
    left, since = st.session_state.get("left", {}).get(param, ("", 0.0))
    if asked and asked == left and time.monotonic() - since < LAG_SECONDS:
        return ""
    if asked:  # the browser has heard, or the person went elsewhere
        st.session_state.get("left", {}).pop(param, None)
    return asked


def _pick(param: str, words: Mapping[str, str], *, label: str, default: str = "") -> str:
    chosen = _choice(param, words, label=label, default=default)
    key = _box(param)
    st.session_state[key] = chosen  # at every run: a select box on another page is another one
    st.selectbox(label, list(words), format_func=words.__getitem__, key=key, on_change=_take, args=(param, key))
    return chosen


def _box(param: str) -> str:
    """Return the select box's key: another one after each `_choose`, which an answer to the former must not undo."""
    return f"pick_{param}_{st.session_state.get(f'box_{param}', 0)}"


def _take(param: str, key: str) -> None:
    if key == _box(param):  # a browser that lags behind still speaks of the former box
        st.query_params[param] = st.session_state[f"chosen_{param}"] = st.session_state[key]


def _say_unknown(label: str, asked: str, shown: str) -> None:
    sentence = f"{label} “{asked[:80]}” from the address is not in this library: “{shown}” is shown instead."
    st.warning(escape(sentence), icon=":material/link_off:")
