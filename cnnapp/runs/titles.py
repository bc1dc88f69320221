"""What a run is called when nobody says: its data set, its network, and what differs from the network's recipe."""

import itertools
import re
from collections.abc import Collection

from cnnapp import architectures
from cnnapp.errors import CnnAppError
from cnnapp.recipes import SETTINGS, Recipe
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import find

LONGEST = 100  # characters
BASE = 30  # characters of the title of the run that another began with
_AGAIN = re.compile(r" \(again\)( \(\d+\))?$")
_NUMBER = re.compile(r" \(\d+\)$")


def propose_title(config: RunConfig, taken: Collection[str]) -> str:
    """Return a title that tells a run from others: "digits · lenet5 · Adam 0.003 · 30 epochs".

    Args:
        config: what is trained.
        taken: the titles of other runs.
    """
    return _numbered(_proposal(config), taken)


def title_after(title: str, before: RunConfig, after: RunConfig, taken: Collection[str]) -> str:
    """Return what a run called `title` is called once its settings are those of `after`.

    A title that was proposed is proposed anew, so that it never names what no longer holds; anybody's own words stay.
    """
    proposed = _NUMBER.sub("", _AGAIN.sub("", title)) == _proposal(before)
    return propose_title(after, set(taken) - {title}) if proposed else title


def title_again(title: str, taken: Collection[str]) -> str:
    """Return what a run with the settings of the one called `title` is called: "… (again)", then "… (again) (2)"."""
    return _numbered(_AGAIN.sub("", title), taken, " (again)")


def _numbered(title: str, taken: Collection[str], ending: str = "") -> str:
    """Return `title` with `ending`, and with the first number from (2) on where other runs have the title."""
    endings = itertools.chain([ending], (f"{ending} ({number})" for number in itertools.count(2)))
    titles = (title[: LONGEST - len(ending)] + ending for ending in endings)
    return next(title for title in titles if title not in taken)


def _proposal(config: RunConfig) -> str:
    return _named([config.dataset, config.architecture], _differences(config))


def _named(what: list[str], differences: list[str]) -> str:
    """Return all in one line, or as many of the differences as there is room for, and how many more there are."""
    title = " · ".join([*what, *differences])
    named = len(differences)
    while len(title) > LONGEST and named:
        named -= 1
        more = len(differences) - named
        title = " · ".join([*what, *differences[:named], f"{more} more change{'s' if more > 1 else ''}"])
    return title


def _differences(config: RunConfig) -> list[str]:
    try:
        network = architectures.get(config.architecture)
    except CnnAppError:  # no longer in the catalog
        return []
    usual, sizes = network.recipe, network.complete({})
    resized = [f"{name} {value}" for name, value in config.options.items() if value != sizes.get(name)]
    changed = [name for name in Recipe.model_fields if getattr(config.recipe, name) != getattr(usual, name)]
    found = dict.fromkeys(_in_words(name, config.recipe) for name in changed if SETTINGS[name].title)
    return [*resized, *found, *([f"seed {config.seed}"] if config.seed else [])]


def _in_words(name: str, recipe: Recipe) -> str:
    """Return the words for a setting; several settings may have the same ones."""
    words = SETTINGS[name].title
    base = _title_of_base(recipe) if name == "fine_tuning" else ""
    return (words(recipe) if words else "") + (f" from “{base}”" if base else "")


def _title_of_base(recipe: Recipe) -> str:
    """Return the title of the run that a fine-tuned one begins with, "" where there is none (any more)."""
    try:
        title = find(recipe.fine_tuning.run).title if recipe.fine_tuning else ""
    except CnnAppError:  # deleted
        return ""
    return title if len(title) <= BASE else f"{title[:BASE]}…"
