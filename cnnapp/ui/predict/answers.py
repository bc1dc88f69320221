"""What a network says to pictures: one in full, several as a table."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import files, images
from cnnapp.errors import CnnAppError
from cnnapp.figures.probabilities import ClassShare, in_words, plot_probabilities, top_classes
from cnnapp.runs import ModelRef
from cnnapp.texts import write_csv
from cnnapp.ui import pages
from cnnapp.ui.choice.model import predict
from cnnapp.ui.choice.picture import Picture, carry_picture
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.packing import encode_png
from cnnapp.ui.kit.pixels import shape_words, show_pixels
from cnnapp.ui.kit.words import percent

THUMBNAIL = 320  # pixels of the longer side
PICTURE = 132  # two beside each other on a phone
BLANK = 8  # of 255: a picture whose values differ by less shows nothing
MOST_ERRORS = 5  # shown in full; the table has them all
_KEPT = 100  # answers, at most 30 MB


class Answer(NamedTuple):
    """What the network says to one picture."""

    thumbnail: NDArray[np.uint8]  # of the original, (h, w, 1 or 3)
    seen: NDArray[np.uint8]  # the network's image_shape
    notices: tuple[str, ...]
    top: tuple[ClassShare, ...]  # all classes, likeliest first


class Entry(NamedTuple):
    """A picture and its answer, or the sentence that says why there is none."""

    picture: Picture
    answer: Answer | None
    error: str


def ask(ref: ModelRef, pictures: Sequence[Picture]) -> list[Entry]:
    """Ask the network about each picture; one that cannot be read spoils none of the others."""
    return [_entry(ref, picture) for picture in pictures]


def _entry(ref: ModelRef, picture: Picture) -> Entry:
    key = f"{files.digest(picture.data)} {ref.digest} {images.DECODE_ID}"
    try:
        return Entry(picture, _answer(key, ref, picture), "")
    except CnnAppError as error:
        return Entry(picture, None, str(error))


# Keyed by what decides the answer. Bytes and arrays stay out of the key: Streamlit only samples large ones.
@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _answer(key: str, _ref: ModelRef, _picture: Picture) -> Answer:  # noqa: ARG001
    prepared = images.prepare(_picture.data, _picture.name, _ref.card.preprocess)
    probabilities, names = predict(_ref, prepared.seen), _ref.card.class_names
    return Answer(
        _thumbnail(prepared.original),
        prepared.seen,
        prepared.notices,
        top_classes(probabilities, names, len(names)),
    )


def _thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    scale = THUMBNAIL / max(height, width)
    if scale >= 1:
        return pixels
    return images.resize(pixels, max(1, round(height * scale)), max(1, round(width * scale)), "stretch")


def show_answer(entry: Entry, count: int) -> None:
    """Show one picture's answer: the sentence, the `count` likeliest classes, what the network really saw."""
    if entry.answer is None:
        st.error(escape(entry.error), icon=":material/error:")
        return
    answer = entry.answer
    if np.ptp(answer.seen) < BLANK:
        st.warning("The picture is blank, one colour all over: what the network says of it means nothing.")
    st.markdown(f"#### {escape(_sentence(answer.top[0]))}")
    shares = answer.top[:count]
    bars = plot_probabilities(shares, [percent(share.probability) for share in shares])
    st.plotly_chart(bars, key="bars", config={"displayModeBar": False, "staticPlot": True})
    with st.container(horizontal=True):  # columns would stand one below the other on a phone
        with st.container(border=True, width=166):
            show_pixels(answer.thumbnail, f"your picture: {entry.picture.name}", PICTURE)
        with st.container(border=True, width=166):
            show_pixels(answer.seen, _seen_words(answer), PICTURE)
    if st.button("Look inside", icon=":material/grid_view:", help="This picture, layer by layer"):
        carry_picture(entry.picture)
        st.switch_page(pages.FEATURE_MAPS)


def _sentence(share: ClassShare) -> str:
    words = in_words(share)
    return words[0].upper() + words[1:]


def _seen_words(answer: Answer) -> str:
    return ", ".join((f"what the network saw: {shape_words(answer.seen.shape[:2])}", *answer.notices))


def show_answers(entries: Sequence[Entry], count: int) -> None:
    """Show the first picture's answer in full, or that of the chosen row of the table of all, with a CSV of them."""
    if len(entries) == 1:
        show_answer(entries[0], count)
        return
    in_full = st.container()
    chosen = _show_table(entries)
    for entry in [entry for entry in entries if entry.error and entry is not chosen][:MOST_ERRORS]:
        st.error(escape(entry.error), icon=":material/error:")
    st.download_button("Save as CSV", as_csv(entries), "predictions.csv", "text/csv", icon=":material/download:")
    with in_full:
        show_answer(chosen, count)


def _show_table(entries: Sequence[Entry]) -> Entry:
    """Show several pictures, one row each; return the chosen one, else the first."""
    st.caption(f"{len(entries)} pictures, the newest first. Tick a row to see it in full above.")
    event = st.dataframe(
        [_row(entry) for entry in entries],
        key=_table_key(entries),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config=_COLUMNS,
    )
    return entries[event.selection.rows[0] if event.selection.rows else 0]


def _table_key(entries: Sequence[Entry]) -> str:
    """Return another key for other pictures: the row that was ticked is another picture's then."""
    return "answers-" + files.digest(" ".join(files.digest(entry.picture.data) for entry in entries).encode())


_COLUMNS = {
    "picture": st.column_config.ImageColumn(""),
    "share": st.column_config.ProgressColumn("", format=" ", min_value=0, max_value=1, width="small"),
}


def _row(entry: Entry) -> dict[str, Any]:
    if entry.answer is None:
        row = {"picture": "", "file": entry.picture.name, "class": "", "confidence": "", "share": None}
        return {**row, "notes": entry.error}
    first = entry.answer.top[0]
    return {
        "picture": "data:image/png;base64," + base64.b64encode(encode_png(entry.answer.seen)).decode(),
        "file": entry.picture.name,
        "class": first.name,
        "confidence": percent(first.probability),
        "share": first.probability,
        "notes": ", ".join(entry.answer.notices),
    }


def as_csv(entries: Sequence[Entry]) -> str:
    """Return one line per picture: file, class, the probability of every class, or the reason why there is none."""
    names = sorted({share.name for entry in entries if entry.answer for share in entry.answer.top})
    rows: list[list[str]] = [["file", "class", *names, "error"]]
    for entry in entries:
        shares = {share.name: f"{share.probability:.6f}" for share in entry.answer.top} if entry.answer else {}
        likeliest = entry.answer.top[0].name if entry.answer else ""
        rows.append([entry.picture.name, likeliest, *(shares.get(name, "") for name in names), entry.error])
    return write_csv(rows)
