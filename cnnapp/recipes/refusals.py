"""A refused setting in one sentence."""

from pydantic import ValidationError

from cnnapp.recipes.schedules import SCHEDULES

_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def explain(error: ValidationError) -> str:
    """Turn a validation error into one sentence for the person who filled the form."""
    first = error.errors()[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    # Numbers in the location are places in a list, kinds of schedules the branch that was tried: nobody typed them.
    name = " ".join(part for part in first["loc"] if isinstance(part, str) and part not in SCHEDULES)
    name = name.replace("_", " ").capitalize() or "The settings"
    got = repr(first["input"])
    got = f"{got[:80]}…" if len(got) > 80 else got
    for bound, words in _BOUNDS.items():
        if bound in first.get("ctx", {}):
            return f"{name} must be {words} {first['ctx'][bound]:g}, but is {got}."
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"{name}: {message}, but got {got}."
