"""Builds a component of the files that lie here: `name.html`, `name.css`, `name.js`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def build_component(name: str, *, parcel: bool = False) -> Callable[..., Any]:
    """Return what mounts a component on a page; the module that shows it calls this once, when it is imported.

    Args:
        name: of its files.
        parcel: its data is a parcel (see `parcel.py`), which its script opens with `unpack(data)`.
    """
    # Streamlit loads a script from its text, where `import` finds no neighbours: so both are one script.
    scripts = ["unpack", name] if parcel else [name]
    return st.components.v2.component(
        f"cnn_lab_{name}",
        html=_read(f"{name}.html"),
        css=_read(f"{name}.css"),
        js="\n".join(_read(f"{script}.js") for script in scripts),
    )


def _read(file: str) -> str:
    return (HERE / file).read_text(encoding="utf-8")
