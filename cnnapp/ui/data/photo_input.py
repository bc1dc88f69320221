"""How classes are named and photos given to them: dropped, or taken with the camera one after the other."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from cnnapp.errors import CnnAppError
from cnnapp.figures.colour_maps import BACKGROUNDS, rgb
from cnnapp.figures.samples import PER_PAGE
from cnnapp.figures.tiles import draw_tiles, plan_tiles
from cnnapp.ui.components.tiles import Tiles, show_tiles
from cnnapp.ui.data.photos import THUMBNAIL, OwnImages
from cnnapp.ui.kit.camera import take_photo
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.theme import page_theme
from cnnapp.ui.kit.uploads import MAX_PICTURE_MB, forget_file

FILES, CAMERA = "Files", "Camera"
CAMERA_WIDTH = 420  # pixels: the button below it stays in sight
_CLASS, _NEW, _RENAMED = "own-class", "own-new-class", "own-renamed"  # widgets
_UPLOAD, _CAMERA = "own-upload", "own-camera"
_PROBLEMS, _TAKEN, _CHOSEN = "own-problems", "own-taken", "own-chosen"
_MOST_SAID = 5


def ask_class(gathered: OwnImages) -> str | None:
    """Ask for new classes; return the one that photos are given to now, None while there is none."""
    st.text_input(
        "Add a class",
        key=_NEW,
        placeholder="what its photos show, such as cat",
        max_chars=60,
        on_change=_add_class,
        args=(gathered,),
    )
    if not gathered.names:
        return None
    st.session_state.setdefault(_CLASS, gathered.names[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.segmented_control("Photos of", gathered.names, key=_CLASS, required=True, persist_state="session")
        name = cast("str", choice)
        with st.popover("Change …", icon=":material/edit:"):
            _ask_change(gathered, name)
    return name


def _add_class(gathered: OwnImages) -> None:
    _try(lambda: st.session_state.update({_CLASS: gathered.add_class(st.session_state[_NEW]), _NEW: ""}))


def _ask_change(gathered: OwnImages, name: str) -> None:
    st.text_input(
        "Another name", name, key=f"{_RENAMED}-{name}", max_chars=60, on_change=_rename, args=(gathered, name)
    )
    count = len(gathered.photos(name))
    label = f"Remove the class and its {count:,} photos" if count else "Remove the class"
    st.button(label, icon=":material/delete:", on_click=_remove_class, args=(gathered, name))


def _rename(gathered: OwnImages, name: str) -> None:
    wanted = st.session_state[f"{_RENAMED}-{name}"]
    _try(lambda: st.session_state.update({_CLASS: gathered.rename_class(name, wanted)}))


def _remove_class(gathered: OwnImages, name: str) -> None:
    gathered.remove_class(name)
    st.session_state.pop(_CLASS, None)


def _try(change: Any) -> None:
    try:
        change()
    except CnnAppError as error:
        st.session_state[_PROBLEMS] = [str(error)]


def ask_photos(gathered: OwnImages, name: str) -> None:
    """Ask for photos of the class `name`, from files or the camera; what was given is taken over at once."""
    source = st.segmented_control("Photos from", [FILES, CAMERA], default=FILES, required=True, key="own-from")
    key = _UPLOAD if source == FILES else _CAMERA
    widget = f"{key}-{st.session_state.get(f'{key}-number', 0)}"  # a new key makes room for the next photos
    if source == FILES:
        given = st.file_uploader(
            f"Drop photos of {escape(name)}",
            type="image",
            accept_multiple_files=True,
            max_upload_size=MAX_PICTURE_MB,
            key=widget,
        )
    else:
        photo = take_photo(f"Take photos of {escape(name)}", widget, width=CAMERA_WIDTH)
        given = [photo] if photo is not None else []
    if given:
        _take(gathered, name, given, shots=source == CAMERA)
        forget_file(key, given)
        st.rerun()


def _take(gathered: OwnImages, name: str, given: Sequence[Any], *, shots: bool) -> None:
    """Add uploaded files to a class; a run that is called off goes on in the next one where this one stopped."""
    taken: set[str] = st.session_state.setdefault(_TAKEN, set())
    problems: list[str] = st.session_state.setdefault(_PROBLEMS, [])
    bar = st.progress(0.0)
    for number, file in enumerate(given, 1):
        bar.progress(number / len(given), f"Reading photo {number:,} of {len(given):,}")
        if file.file_id in taken:
            continue
        taken.add(file.file_id)
        try:
            gathered.add(name, file.name, file.getvalue(), shot=shots)
        except CnnAppError as error:
            problems.append(str(error))
    taken.clear()


def show_problems() -> None:
    """Say what could not be taken since the last time, one sentence each."""
    problems = st.session_state.pop(_PROBLEMS, [])
    for problem in problems[:_MOST_SAID]:
        st.error(escape(problem), icon=":material/error:")
    if len(problems) > _MOST_SAID:
        st.error(f"And {len(problems) - _MOST_SAID:,} more were not added.")


def show_photos(gathered: OwnImages, name: str) -> None:
    """Show the photos of a class, page by page; one that is clicked can be removed."""
    photos = gathered.photos(name)
    if not photos:
        return
    pages = -(-len(photos) // PER_PAGE)
    page = st.pagination(pages, key=f"own-page-{name}") if pages > 1 else 1
    first = (page - 1) * PER_PAGE
    shown = photos[first : first + PER_PAGE]
    layout = plan_tiles(len(shown), THUMBNAIL, THUMBNAIL, picture=(600, 500), largest=THUMBNAIL)
    picture = draw_tiles(np.stack([photo.thumbnail for photo in shown]), layout, rgb(BACKGROUNDS[page_theme()]))
    key = f"{_CHOSEN}-{name}"
    chosen = st.session_state.get(key, 0)  # photos are counted from 1
    numbers = range(first + 1, first + len(shown) + 1)
    show_tiles(
        Tiles(picture, layout, "photo", numbers, chosen),
        key="own-photos",
        on_choose=lambda number: st.session_state.update({key: number}),
    )
    if chosen in numbers:
        st.button(
            f"Remove photo {chosen:,}", icon=":material/delete:", on_click=_remove, args=(gathered, name, chosen - 1)
        )
    else:
        st.caption("Click a photo to remove it.")


def _remove(gathered: OwnImages, name: str, place: int) -> None:
    gathered.remove(name, place)
    st.session_state.pop(f"{_CHOSEN}-{name}", None)
