"""The pictures that a person has given: those the page's widgets hold, and the last ones from before it was left."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from cnnapp.ui.choice.picture import Picture

MOST, MOST_BYTES = 20, 32 * 2**20  # kept per session for a return to the page
_SHELF = "picture_shelf"


class Mark(NamedTuple):
    """Which picture of which widget."""

    widget: str  # its key
    picture: str


class Shelf:
    """Pictures, the newest first."""

    def __init__(self) -> None:
        self._kept: dict[Mark, Picture] = {}
        self._held: set[Mark] = set()

    def unhand(self, widget: str) -> None:
        """Keep what a widget held: Streamlit empties one that is not on the page, which is no choice of the person."""
        self._held = {mark for mark in self._held if mark.widget != widget}

    def arrange(self, held: Mapping[Mark, Picture]) -> list[Picture]:
        """Return all pictures: what has come since the last call, then the older ones.

        Those that a widget no longer holds are gone; of the others the newest 20, with 32 MB together, are kept.

        Args:
            held: what the widgets of the page hold now, in the order in which it was given to them.
        """
        new = {mark: picture for mark, picture in held.items() if mark not in self._held}
        kept = {mark: picture for mark, picture in self._kept.items() if mark in held or mark not in self._held}
        pictures = new | kept | dict(held)
        self._kept, self._held = _newest(pictures), set(held)
        return list(pictures.values())


def shelf() -> Shelf:
    """Return the session's shelf."""
    kept: Shelf = st.session_state.setdefault(_SHELF, Shelf())
    return kept


def clear() -> None:
    """Forget the session's pictures."""
    st.session_state.pop(_SHELF, None)


def _newest(pictures: Mapping[Mark, Picture]) -> dict[Mark, Picture]:
    newest, room = {}, MOST_BYTES
    for mark, picture in list(pictures.items())[:MOST]:
        room -= len(picture.data)
        if room < 0:
            break
        newest[mark] = picture
    return newest
