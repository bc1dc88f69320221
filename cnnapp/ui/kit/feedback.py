"""What a page says when something is wrong, missing, or next; text from users is shown as it is, never as markup."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from cnnapp import files
from cnnapp.errors import CnnAppError

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&^=])")
# Emoji, icons, colours, bare addresses: these are looked for after escapes are resolved.
_LATE_MARKUP = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\\\.)|(?=@)")


def escape(text: str) -> str:
    """Return markdown that shows `text` literally, in one line.

    A word joiner (U+2060, invisible) breaks what could be an emoji, an icon or a link.
    """
    line = _MARKUP.sub(r"\\\1", re.sub(r"\s+", " ", text))
    return _LATE_MARKUP.sub("\u2060", line)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show a `CnnAppError` from the block, or what the library's disk refuses, as its sentence; the page goes on."""
    try:
        yield
    except CnnAppError as error:
        st.error(escape(str(error)), icon=":material/error:")
    except OSError as error:
        if not (sentence := files.explain(error)):
            raise
        st.error(escape(sentence), icon=":material/error:")


def empty_state(sentence: str, page: str, label: str) -> None:
    """Say what is missing, in the place of the content, and link to the page that makes it."""
    with st.container(border=True):
        st.markdown(escape(sentence))
        next_step(label, page)


def next_step(label: str, page: str, *, disabled: bool = False) -> None:
    """Link to the page that comes next in the journey."""
    st.page_link(page, label=f"{escape(label)} →", disabled=disabled)
