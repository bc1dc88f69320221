"""Colours and symbols with one meaning everywhere; chosen to be told apart by colour-blind eyes (Okabe & Ito 2008)."""

from typing import NamedTuple

TRAINING, VALIDATION, TEST = "#0072B2", "#E69F00", "#009E73"
RIGHT, WRONG = "#009E73", "#D55E00"  # always together with a mark: ✓ ✗


class FamilyStyle(NamedTuple):
    """How the layers of one family are drawn."""

    colour: str
    symbol: str
    ink: str = "black"  # what reads best on the colour
    slab: bool = False  # they change values, not shapes: drawn as thin slabs on the volume that they change


FAMILIES = {
    "input": FamilyStyle("#9AA0A6", "▣"),
    "scaling": FamilyStyle("#BDC1C6", "÷", slab=True),
    "convolution": FamilyStyle("#0072B2", "▦", ink="white"),
    "pooling": FamilyStyle("#D55E00", "▼"),
    "normalization": FamilyStyle("#CC79A7", "≈", slab=True),
    "dropout": FamilyStyle("#F0E442", "◌", slab=True),
    "reshaping": FamilyStyle("#7F7F7F", "▬"),
    "dense": FamilyStyle("#009E73", "⁝"),
    "activation": FamilyStyle("#56B4E9", "ƒ", slab=True),
}
