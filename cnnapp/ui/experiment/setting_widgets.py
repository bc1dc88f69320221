"""The widget of one setting, as its row describes it."""

from collections.abc import Callable
from typing import Any

from cnnapp.recipes import Choice, Number, NumberList, Setting, Slider, Switch
from cnnapp.ui.kit.internals import DeltaGenerator

Own = Callable[[str], dict[str, Any]]  # the key of a widget, and how it is kept, for a setting's name


def ask(column: DeltaGenerator, setting: Setting, value: Any, keys: dict[str, Any]) -> Any:
    """Show the setting's widget; return what it says, as the field's value or what pydantic makes it of.

    Numbers have no bounds of their own: they would keep the last good number behind a wrong one on screen. What is out
    of range is told in words by whoever checks it.

    Args:
        column: where.
        setting: the row.
        value: what is shown at first.
        keys: the widget's key, and how it is kept.
    """
    shown = as_shown(setting, value)
    options: dict[str, Any] = {"help": setting.help or None, **keys}
    match setting.control:
        case Slider(low, high, step):
            return column.slider(setting.label, low, high, shown, step, **options)
        case Switch(on, off):
            return on if column.toggle(setting.label, shown, **options) else off
        case Choice(words):
            names = list(words)
            place = names.index(shown)
            return column.selectbox(setting.label, names, place, format_func=words.__getitem__, **options)
        case NumberList():
            return [part.strip() for part in column.text_input(setting.label, shown, **options).split(",")]
        case Number(step, share):
            step = value * share if share else step
            written = "%g" if isinstance(value, float) else None
            return column.number_input(setting.label, value=shown, step=step, format=written, **options)
    raise TypeError(f"{setting.label} is shown by several widgets, which the form knows")


def as_shown(setting: Setting, value: Any) -> Any:
    """Return what the setting's widget holds when it shows `value`."""
    match setting.control:
        case Switch(on, _):
            return value == on
        case NumberList():
            return ", ".join(map(str, value))
    return value
