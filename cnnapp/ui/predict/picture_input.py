"""Where pictures to predict come from: drawn, photographed, or dropped; each is marked, so that the newest is known."""

from collections.abc import Iterator

import streamlit as st

from cnnapp import files
from cnnapp.runs import ModelRef
from cnnapp.ui.choice.picture import Picture
from cnnapp.ui.components.draw_pad import show_draw_pad
from cnnapp.ui.kit.camera import take_photo
from cnnapp.ui.kit.feedback import plain_errors
from cnnapp.ui.kit.uploads import MAX_PICTURE_MB
from cnnapp.ui.predict import picture_shelf
from cnnapp.ui.predict.picture_shelf import Mark, shelf

DRAW, PHOTO = "Draw", "Photo"


def ask_pictures(ref: ModelRef) -> list[Picture]:
    """Show the ways to give pictures; return those that are held now, the newest first."""
    how = st.segmented_control("Picture", [DRAW, PHOTO], default=DRAW, required=True, key="how")
    number = st.session_state.get("pictures-number", 0)  # a new key empties a widget
    pad, camera, files_key = (f"{kind}-{number}" for kind in ("pad", "camera", "pictures"))
    shown = {pad if how == DRAW else camera, files_key}
    for widget in (pad, camera, files_key):
        if widget not in shown or widget not in st.session_state:
            shelf().unhand(widget)
    held = {}
    with plain_errors():
        held = dict(_ask_drawing(pad, ref) if how == DRAW else _ask_photo(camera))
    return shelf().arrange(held | dict(_ask_files(files_key)))


def _ask_drawing(key: str, ref: ModelRef) -> Iterator[tuple[Mark, Picture]]:
    hint = "Draw here" if ref.card.preprocess.ink else "Paste or drop a picture here, or draw"
    if drawn := show_draw_pad(key, hint):
        yield Mark(key, files.digest(drawn.data)), Picture(drawn.name, drawn.data)


def _ask_photo(key: str) -> Iterator[tuple[Mark, Picture]]:
    if photo := take_photo("Take a photo", key):
        yield Mark(key, photo.file_id), Picture("photo", photo.getvalue())


def _ask_files(key: str) -> Iterator[tuple[Mark, Picture]]:
    uploads = st.file_uploader(
        "Or drop pictures here",
        type="image",
        accept_multiple_files=True,
        max_upload_size=MAX_PICTURE_MB,
        key=key,
    )
    for upload in uploads:
        yield Mark(key, upload.file_id), Picture(upload.name, upload.getvalue())


def clear_pictures() -> None:
    """Forget all pictures and empty the widgets that hold them."""
    picture_shelf.clear()
    st.session_state["pictures-number"] = st.session_state.get("pictures-number", 0) + 1
