"""The row of a setting: what people read of a field and where; it stands beside the field, in its annotation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Words = Callable[[Any], str]  # of a recipe


class Part(BaseModel):
    """Base of a recipe and its parts: immutable, unknown names refused, NaN and infinity refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Number:
    """A field for a number, without bounds: those are the recipe's."""

    step: float | None = None  # of its buttons
    step_share: float | None = None  # likewise, as a share of the value that it begins with


@dataclass(frozen=True)
class Slider:
    """A slider over the usual values."""

    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Switch:
    """On or off, and the values that are meant."""

    on: Any = True
    off: Any = False


@dataclass(frozen=True)
class Choice:
    """One of some values, each with its words."""

    words: Mapping[str, str]


@dataclass(frozen=True)
class NumberList:
    """Numbers, separated by commas."""


Control = Number | Slider | Switch | Choice | NumberList


class Place(NamedTuple):
    """Where the form asks for it."""

    section: Literal["main", "numbers", "switches", "memory", "arithmetic"]
    column: int
    row: int = 0  # in its column


@dataclass(frozen=True)
class Setting:
    """What people read of one field, where they are asked for it, and how."""

    label: str
    help: str = ""
    control: Control | None = None  # None: several widgets, which the form knows
    place: Place | None = None
    noun: str = ""  # in a run's facts; "": the label in lower case
    fact: Words | None = None  # its value there, "" while it is off; None: the number, nothing for 0
    title: Words | None = None  # its words in a run's title; None: it does not change what a network becomes
    cli: str = ""  # the help of its option; "": it has none and is set with --config

    @property
    def name(self) -> str:
        """What it is called within a sentence."""
        return self.noun or self.label[0].lower() + self.label[1:]


def list_settings(part: type[Part]) -> dict[str, Setting]:
    """Return the rows of all fields that have one, by the fields' names and in their order."""
    rows = {
        name: next((row for row in field.metadata if isinstance(row, Setting)), None)
        for name, field in part.model_fields.items()
    }
    return {name: row for name, row in rows.items() if row}
