"""Which images stay in one part of a split: asked of a person."""

from collections.abc import Sequence

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import GroupKind, GroupRule
from cnnapp.errors import CnnAppError
from cnnapp.ui.kit.feedback import escape

_KINDS: dict[GroupKind, str] = {
    "none": "nothing",
    "alike": "images that look alike",
    "folder": "a folder they lie in",
    "name": "a part of the file name",
    "column": "a column of the table of labels",
}
_OF_FILES, _OF_TABLE = ("folder", "name"), "column"


def ask_groups(
    files: Sequence[str], key: str, *, auto: str, rule: GroupRule | None = None, table: bool = False
) -> GroupRule:
    """Ask for the rule by which images belong together.

    Args:
        files: of the images, or of some; empty where they are not known.
        key: of the widgets.
        auto: what happens when nothing is chosen.
        rule: what was chosen before.
        table: there is a table of labels with other columns.

    Raises:
        CnnAppError: what was chosen is no rule.
    """
    before = rule or GroupRule()
    titles: dict[GroupKind, str] = {"auto": auto, **_KINDS}
    kinds = [kind for kind in titles if (files or kind not in _OF_FILES) and (table or kind != _OF_TABLE)]
    kind: GroupKind = st.selectbox(
        "Kept in one part",
        kinds,
        index=kinds.index(before.kind) if before.kind in kinds else 0,
        format_func=titles.__getitem__,
        key=f"{key}-kind",
        help="Images of one patient, video, site or burst must not be trained on and tested with.",
    )
    if kind == "folder":
        return _ask_level(files, key, before)
    if kind == "name":
        help_ = "{group} is the part that images of one group share, {n} a number, * anything."
        pattern = st.text_input(
            "Pattern", before.pattern or "{group}_{n}", key=f"{key}-pattern", max_chars=100, help=help_
        )
        st.caption(escape(f"As in {files[0].rsplit('/', 1)[-1]}"))
        return GroupRule(kind="name", pattern=pattern)
    if kind == "column":
        column = st.text_input("Column of groups", before.column, key=f"{key}-column", max_chars=100)
        return GroupRule(kind="column", column=column.strip())
    return GroupRule(kind=kind)


def _ask_level(files: Sequence[str], key: str, before: GroupRule) -> GroupRule:
    levels = {level.level: level for level in datasets.list_folder_levels(files)}
    if not levels:
        raise CnnAppError("All images lie in one folder, so folders tell no groups: choose another way.")
    level = st.selectbox(
        "Folder",
        list(levels),
        index=list(levels).index(before.level) if before.level in levels else 0,
        format_func=lambda number: f"{', '.join(levels[number].examples)} … ({levels[number].folders:,})",
        key=f"{key}-level",
    )
    return GroupRule(kind="folder", level=level)
