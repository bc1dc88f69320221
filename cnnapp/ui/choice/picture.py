"""The picture that is taken along to the pages that look inside."""

from typing import NamedTuple

import streamlit as st

TEST_IMAGE, OWN_PICTURE = "Test image", "Your own"
SOURCE = "image_source"  # the key of the choice between the two
_CARRIED = "carried_picture"


class Picture(NamedTuple):
    """A picture file that a person chose."""

    name: str
    data: bytes


def carry_picture(picture: Picture) -> None:
    """Take a picture along to the pages that look inside, before `st.switch_page`."""
    st.session_state[_CARRIED] = picture
    st.session_state[SOURCE] = OWN_PICTURE


def carried_picture() -> Picture | None:
    """Return the picture that was taken along, if any."""
    picture: Picture | None = st.session_state.get(_CARRIED)
    return picture
