from collections.abc import Iterator

import streamlit as st

from cnnapp import files
from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.ui import picture_shelf
from cnnapp.ui.answers import ask, show_answers
from cnnapp.ui.draw_pad import show_draw_pad
from cnnapp.ui.explore import LOADING, MAX_PICTURE_MB, Picture, pick_model
from cnnapp.ui.feedback import escape, plain_errors
from cnnapp.ui.picture_shelf import Mark, shelf

SHOWN_CLASSES = 3
DRAW, PHOTO = "Draw", "Photo"


def main() -> None:
    st.title("Predict")
    st.caption("Show the network a picture that it has never seen, and it says what it takes it for.")
    ref = pick_model()
    if ref is None:
        return
    giving, saying = st.columns([2, 3], gap="large")
    with giving:
        pictures = ask_pictures(ref)
        if pictures:
            st.button("Clear pictures", icon=":material/delete_sweep:", on_click=clear_pictures)
    count = ask_count(ref)
    with saying, plain_errors():
        show(ref, pictures, count)


def ask_pictures(ref: ModelRef) -> list[Picture]:
    how = st.segmented_control("Picture", [DRAW, PHOTO], default=DRAW, required=True, key="how")
    number = st.session_state.get("pictures-number", 0)  # a new key empties a widget
    pad, camera, files_key = (f"{kind}-{number}" for kind in ("pad", "camera", "pictures"))
    shown = {pad if how == DRAW else camera, files_key}
    for widget in (pad, camera, files_key):
        if widget not in shown or widget not in st.session_state:
            shelf().unhand(widget)
    held = {}
    with plain_errors():
        held = dict(ask_drawing(pad, ref) if how == DRAW else ask_photo(camera))
    return shelf().arrange(held | dict(ask_files(files_key)))


def ask_drawing(key: str, ref: ModelRef) -> Iterator[tuple[Mark, Picture]]:
    hint = "Draw here" if ref.card.preprocess.ink else "Paste or drop a picture here, or draw"
    if drawn := show_draw_pad(key, hint):
        yield Mark(key, files.digest(drawn.data)), Picture(drawn.name, drawn.data)


def ask_photo(key: str) -> Iterator[tuple[Mark, Picture]]:
    if photo := st.camera_input("Take a photo", key=key, help="Browsers allow it on this machine and over https."):
        yield Mark(key, photo.file_id), Picture("photo", photo.getvalue())


def ask_files(key: str) -> Iterator[tuple[Mark, Picture]]:
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
    picture_shelf.clear()
    st.session_state["pictures-number"] = st.session_state.get("pictures-number", 0) + 1


def ask_count(ref: ModelRef) -> int:
    most = len(ref.card.class_names)
    with st.expander("Advanced"):
        return int(st.number_input("Classes to list", 1, most, min(SHOWN_CLASSES, most), key="top"))


def show(ref: ModelRef, pictures: list[Picture], count: int) -> None:
    if not pictures:
        names = ref.card.class_names
        known = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        hint = f"This network tells apart: {known}. Give it a picture, and its answer will stand here."
        st.info(escape(hint), icon=":material/gesture:")
        host().warm(ref)
        return
    with st.spinner(LOADING):
        entries = ask(ref, pictures)
    show_answers(entries, count)


main()
