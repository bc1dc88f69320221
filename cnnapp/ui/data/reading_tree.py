"""The tree of a reading: what each folder becomes, its classes with counts and pictures, and what is left out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets
from cnnapp.datasets import Choices, Reading, Role
from cnnapp.datasets.reading import ClassCount, Example, LeftOut, ReadPart
from cnnapp.datasets.reading.describing import (
    ROLES,
    count_words,
    describe_classes,
    describe_left_out,
    describe_part,
    describe_role,
)
from cnnapp.figures.colour_maps import BACKGROUNDS, rgb
from cnnapp.figures.samples import ROW_TILE, draw_row
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.theme import page_theme

MOST_PICTURED = 30  # classes of all parts together; more are named
MOST_FOLDERS = 20  # lines of their own
MOST_LISTED = 100  # rows of the table of what is left out
_CLASS_PIXELS = 5 * ROW_TILE + 12  # five pictures side by side


class Shown(NamedTuple):
    """What is needed to show any part of a reading."""

    job: str
    pictures: NDArray[np.uint8]  # as `reading_pictures` returns them
    can_move: bool  # there is more than one folder


def show_tree(job: str, reading: Reading, choices: Choices) -> Choices:
    """Show a line for each folder, with what it becomes; return the choices with what the person has changed."""
    lines: list[ReadPart | LeftOut] = [*reading.parts, *reading.left_out]
    shown = Shown(job, datasets.reading_pictures(job), len(lines) > 1)
    left = MOST_PICTURED
    for line in lines[:MOST_FOLDERS]:
        with st.container(border=True, gap="small"):
            if isinstance(line, ReadPart):
                choices = _show_head(shown, line.folders[0] if line.folders else "", line, choices)
                left = _show_classes(shown, line, left)
            else:
                choices = _show_head(shown, line.folder, line, choices)
                _show_row(shown, line.examples, f"Pictures in {line.folder}")
    _tell_rest(lines[MOST_FOLDERS:])
    _list_left_out(reading)
    return choices


def _show_head(shown: Shown, folder: str, line: ReadPart | LeftOut, choices: Choices) -> Choices:
    """Show what a folder becomes, and where it may be something else a box to say so."""
    role: Role = line.role if isinstance(line, ReadPart) else "left out"
    words = describe_role(line) if isinstance(line, ReadPart) else describe_left_out(line)
    name = f"**{escape(folder)}** → " if folder and folder != "." else ""
    if not (line.roles and shown.can_move and folder):
        st.markdown(f"{name}{escape(words)}")
        return choices
    text, box = st.columns([4, 1], vertical_alignment="center")
    text.markdown(f"{name}{escape(words)}")
    options = [key for key in ROLES if key in {role, "left out", *line.roles}]
    wanted = box.selectbox(
        f"Role of {folder}",  # collapsed, it is read out as it stands
        options,
        options.index(role),
        format_func=ROLES.__getitem__,
        key=f"role-{shown.job}-{folder}",
        label_visibility="collapsed",
    )
    return choices if wanted == role else choices.model_copy(update={"roles": {**choices.roles, folder: wanted}})


def _show_classes(shown: Shown, part: ReadPart, most: int) -> int:
    """Show the first classes with pictures and name the others; return how many more may have pictures."""
    pictured = part.classes[:most]
    with st.container(horizontal=True, gap="medium"):
        for count in pictured:
            _show_class(shown, count)
    if rest := part.classes[len(pictured) :]:
        st.caption(escape(f"{'and ' * bool(pictured)}{count_words(len(rest), 'class')}: {describe_classes(rest)}"))
    if not part.classes:
        _show_row(shown, part.examples, "Pictures without a class")
    return most - len(pictured)


def _show_class(shown: Shown, count: ClassCount) -> None:
    with st.container(width=_CLASS_PIXELS, gap=None):
        st.markdown(f"{escape(count.name)} :gray[{count.images:,}]")
        _show_row(shown, count.examples, f"Pictures of {count.name}")


def _show_row(shown: Shown, examples: Sequence[Example], alt: str) -> None:
    rows = [e.picture for e in examples if e.picture is not None and e.picture < len(shown.pictures)]
    if rows:
        ground = rgb(BACKGROUNDS[page_theme()])
        st.image(draw_row(shown.pictures[rows], ground), output_format="PNG", alt=alt)


def _tell_rest(lines: Sequence[ReadPart | LeftOut]) -> None:
    if not lines:
        return
    told = [f"{' '.join(line.folders)} → {describe_part(line)}" for line in lines if isinstance(line, ReadPart)]
    told += [f"{line.folder} → {describe_left_out(line)}" for line in lines if isinstance(line, LeftOut)]
    with st.expander(f"{count_words(len(lines), 'more folder')}"):
        st.dataframe({"folder": told[:MOST_LISTED]}, hide_index=True)
        if len(told) > MOST_LISTED:
            st.caption(f"The first {MOST_LISTED}.")


def _list_left_out(reading: Reading) -> None:
    """Show a table of single files that are not used, by reason."""
    if not reading.skipped:
        return
    total = sum(skipped.files for skipped in reading.skipped)
    with st.expander(f"{count_words(total, 'file')} left out", icon=":material/hide_image:"):
        table = {
            "files": [skipped.files for skipped in reading.skipped[:MOST_LISTED]],
            "reason": [skipped.reason for skipped in reading.skipped[:MOST_LISTED]],
            "as": [", ".join(skipped.examples) for skipped in reading.skipped[:MOST_LISTED]],
        }
        st.dataframe(table, hide_index=True)
        if len(reading.skipped) > MOST_LISTED:
            st.caption(f"The first {MOST_LISTED} of {len(reading.skipped):,} reasons.")
