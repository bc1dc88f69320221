"""What a run is called when nobody says: its data set, its network, and what differs from the network's recipe."""

import itertools
import re
from collections.abc import Callable, Collection

from cnnapp import architectures
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import find

LONGEST = 100  # characters
BASE = 30  # characters of the title of the run that another began with
UNNAMED = {"smaller_batch_on_oom", "epoch_weights_mb"}  # what a machine can bear; "deterministic" changes the result
OPTIMIZERS = {"sgd": "SGD", "adamw": "AdamW", "rmsprop": "RMSprop"}  # the others begin with a capital alone
_AGAIN = re.compile(r" \(again\)( \(\d+\))?$")
_NUMBER = re.compile(r" \(\d+\)$")


def _optimizer(recipe: Recipe) -> str:
    return f"{OPTIMIZERS.get(recipe.optimizer, recipe.optimizer.capitalize())} {recipe.learning_rate:g}"


def _start(recipe: Recipe) -> str:
    if recipe.fine_tuning is None:
        return "fresh weights"
    try:
        base = find(recipe.fine_tuning.run).title
    except CnnAppError:  # deleted
        return "fine-tuned"
    return f"fine-tuned from “{base if len(base) <= BASE else f'{base[:BASE]}…'}”"


# Fields of a recipe, those that explain most first, and their words; several fields may have the same ones.
WORDS: dict[str, Callable[[Recipe], str]] = {
    "fine_tuning": _start,
    "optimizer": _optimizer,
    "learning_rate": _optimizer,
    "schedule": lambda recipe: f"{recipe.schedule.kind.replace('_', '-')} rate",
    "epochs": lambda recipe: "1 epoch" if recipe.epochs == 1 else f"{recipe.epochs} epochs",
    "batch_size": lambda recipe: f"batch {recipe.batch_size}",
    "augmentation": lambda recipe: "augmented" if recipe.augmentation.active else "not augmented",
    "class_weights": lambda recipe: "balanced" if recipe.class_weights == "balanced" else "not balanced",
    "label_smoothing": lambda recipe: f"smoothing {recipe.label_smoothing:g}",
    "momentum": lambda recipe: f"momentum {recipe.momentum:g}",
    "nesterov": lambda recipe: "Nesterov" if recipe.nesterov else "no Nesterov",
    "weight_decay": lambda recipe: f"weight decay {recipe.weight_decay:g}",
    "clip_norm": lambda recipe: f"clipping {recipe.clip_norm:g}" if recipe.clip_norm else "no clipping",
    "early_stopping": lambda recipe: "early stopping" if recipe.early_stopping else "no early stopping",
    "validation_share": lambda recipe: f"validation {recipe.validation_share:g}",
    "precision": lambda recipe: recipe.precision.replace("_", " "),
    "jit_compile": lambda recipe: "XLA" if recipe.jit_compile else "no XLA",
    "deterministic": lambda recipe: "deterministic" if recipe.deterministic else "not deterministic",
}


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
    changed = [words for name, words in WORDS.items() if getattr(config.recipe, name) != getattr(usual, name)]
    found = dict.fromkeys(words(config.recipe) for words in changed)
    return [*resized, *found, *([f"seed {config.seed}"] if config.seed else [])]
