"""Parts of a page that run again without the rest of it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")


def fragment(part: Callable[P, None], run_every: float | None = None) -> Callable[P, None]:
    """Return `part` as a fragment that stands alone in a block of its own.

    When a fragment runs again before the browser was sent what the whole page has just written, Streamlit drops what
    the page has written into the fragment and keeps all else. In a block with others those would move up into the
    fragment's place, where it then overwrites them, or would have no place: then the browser gives up the whole page.

    Args:
        part: what to show.
        run_every: seconds from one run to the next; None: only when somebody uses what is in it.
    """

    @wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        with st.container():
            st.fragment(part, run_every=run_every)(*args, **kwargs)  # noqa: TID251 (here it stands alone)

    return shown
