"""What can be measured before Start, as it stands in a probe's folder."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cnnapp import files
from cnnapp.recipes import Constant, Recipe
from cnnapp.runs.config import RunConfig

ProbeKind = Literal["range", "preflight"]  # a learning-rate range test; time, memory and the fastest mode

# What does not change what is measured: a result stays good when only these change.
_ALIKE: dict[str, Any] = {
    "learning_rate": 0.001,
    "schedule": Constant(),
    "epochs": 1,
    "early_stopping": None,
    "epoch_weights_mb": 0,
    "smaller_batch_on_oom": False,
}
_ALIKE_IN: dict[ProbeKind, dict[str, Any]] = {"range": {}, "preflight": {"precision": "float32", "jit_compile": False}}


class ProbeRequest(BaseModel):
    """A run's settings and what is asked about them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ProbeKind
    config: RunConfig
    machine: str  # a probe is of one machine: `jobs.machine_id`
    key: str  # `probe_key`: the same for settings that give the same result


def probe_key(kind: ProbeKind, config: RunConfig) -> str:
    """Return what is the same for all settings that this kind of probe cannot tell apart."""
    recipe = measured_recipe(kind, config.recipe).model_copy(update=_ALIKE | _ALIKE_IN[kind])
    if tuning := recipe.fine_tuning:  # its two fields of time and rate follow the recipe's
        alone = bool(tuning.head_epochs)
        same = {"learning_rate": None, "head_epochs": int(alone), "from_layer": "" if alone else tuning.from_layer}
        recipe = recipe.model_copy(update={"fine_tuning": tuning.model_copy(update=same)})
    seed = config.seed if kind == "range" else 0
    alike = config.model_copy(update={"recipe": recipe, "seed": seed})
    return files.digest(alike.model_dump_json().encode())


def measured_recipe(kind: ProbeKind, recipe: Recipe) -> Recipe:
    """Return how a throw-away network of a run is trained; of fine-tuning one phase, which is all there is.

    A rate is looked for in the phase that the recipe's rate is for, the first. What a run costs at most it costs in the
    second, in which more layers learn.
    """
    if not (tuning := recipe.fine_tuning):
        return recipe
    head, rest = recipe.phases
    alone = head.epochs if kind == "range" else not rest.epochs
    only = tuning.model_copy(update={"head_epochs": recipe.epochs if alone else 0})
    return recipe.model_copy(update={"fine_tuning": only})
