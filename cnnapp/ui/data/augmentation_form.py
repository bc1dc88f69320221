"""Settings of augmentation, for the Data set page and the form of a run: presets of the tutorials, and every kind."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation
from cnnapp.ui.kit.internals import DeltaGenerator

OWN = "own settings"  # shown while they are those of no preset
PRESET_WORDS = {  # what a preset is for; in brackets its name, where that says nothing to a newcomer
    "none": "None",
    "digits": "Digits, letters: no mirroring",
    "first CNN": "Photos (first CNN)",
    "food": "Photos, with shifts (food)",
    "CIFAR-10 shown": "Photos, strong (CIFAR-10 shown)",
    "CIFAR-10 trained": "Photos, gentle (CIFAR-10 trained)",
    OWN: "Own settings",
}
FACTOR = "0.2: pixels times a number drawn between 0.8 and 1.2, the same for the whole image."


class Kind(NamedTuple):
    """How one kind of change is asked for."""

    name: str  # the field of `Augmentation`
    label: str
    most: float | None  # largest value that the slider offers; None: on or off
    step: float | None
    help: str


KINDS = (
    Kind("horizontal_flip", "Horizontal flip", None, None, "Mirrors left and right, half of the time."),
    Kind("vertical_flip", "Vertical flip", None, None, "Mirrors top and bottom, half of the time."),
    Kind("rotation", "Rotation (degrees)", 180.0, 5.0, "Drawn between minus and plus this."),
    Kind("zoom", "Zoom", 0.9, 0.05, "0.2: each side is drawn between 80 % and 120 %."),
    Kind("width_shift", "Shift sideways", 0.5, 0.05, "Share of the width, drawn between minus and plus this."),
    Kind("height_shift", "Shift up and down", 0.5, 0.05, "Share of the height, drawn between minus and plus this."),
    Kind("shear", "Lean (shear)", 1.0, 0.05, "In radians: 0.2 leans the image by up to 11 degrees."),
    Kind("brightness", "Brightness", 0.9, 0.05, FACTOR),
    Kind("contrast", "Contrast", 0.9, 0.05, "0.2: distances from the image's mean, times a number from 0.8 to 1.2."),
    Kind(
        "cutout",
        "Blank a square (cutout)",
        1.0,
        0.05,
        "Side of a square that is blanked, as a share of the image's shorter side.",
    ),
    Kind(
        "mixup",
        "Blend two images (mixup)",
        2.0,
        0.1,
        "Mixes two images and their labels (alpha): 0.2 mostly leaves one of them on top, 1 makes all shares "
        "equally likely. "
        "The training accuracy then counts the label with the larger share, and lies below that of validation.",
    ),
)


class AugmentationForm:
    """The widgets of one augmentation; `prefix` tells them from those of another."""

    def __init__(self, prefix: str, start: Augmentation) -> None:
        self._prefix = prefix
        for name, value in start:
            st.session_state.setdefault(f"{prefix}.{name}", value)

    @property
    def chosen(self) -> Augmentation:
        """What the widgets say."""
        return Augmentation(**{kind.name: st.session_state[self._key(kind.name)] for kind in KINDS})

    def pick_preset(self) -> None:
        """Show the picker of presets, which fills the other widgets and follows them; call it before `fill`."""
        now = next((name for name, preset in AUGMENTATION_PRESETS.items() if preset == self.chosen), OWN)
        names = [*AUGMENTATION_PRESETS, *([OWN] if now == OWN else [])]
        st.session_state[self._key("preset")] = now
        about = "What tutorials use for such images; in brackets what they are about."
        st.selectbox(
            "Augmentation preset",
            names,
            format_func=PRESET_WORDS.__getitem__,
            help=about,
            key=self._key("preset"),
            on_change=self._take_preset,
        )

    def fill(self, columns: Sequence[DeltaGenerator]) -> None:
        """Show a widget for each kind, row by row in `columns`."""
        for place, (name, label, most, step, about) in enumerate(KINDS):
            column, key = columns[place % len(columns)], self._key(name)
            if most is None:
                column.toggle(label, help=about, key=key, persist_state="session")
            else:
                column.slider(label, 0.0, most, step=step, format="%g", help=about, key=key, persist_state="session")

    def _take_preset(self) -> None:
        preset = AUGMENTATION_PRESETS.get(st.session_state[self._key("preset")])
        if preset is not None:
            put_augmentation(self._prefix, preset)

    def _key(self, name: str) -> str:
        return f"{self._prefix}.{name}"


def put_augmentation(prefix: str, augmentation: Augmentation) -> None:
    """Fill the form of `prefix`, before it is shown."""
    for name, value in augmentation:
        st.session_state[f"{prefix}.{name}"] = value


def describe_augmentation(augmentation: Augmentation) -> list[tuple[str, str]]:
    """Return what is asked for as names and values in words."""
    values = ((kind, getattr(augmentation, kind.name)) for kind in KINDS)
    return [(kind.label.lower(), "yes" if kind.most is None else f"{value:g}") for kind, value in values if value]
