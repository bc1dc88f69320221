"""What can be measured before Start, as it stands in a trial's folder."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cnnapp import files
from cnnapp.recipes import Constant
from cnnapp.runs.config import RunConfig

TrialKind = Literal["range", "preflight"]  # a learning-rate range test; time, memory and the fastest mode

# What does not change what is measured: a result stays good when only these change.
_ALIKE: dict[str, Any] = {
    "learning_rate": 0.001,
    "schedule": Constant(),
    "epochs": 1,
    "early_stopping": None,
    "epoch_weights_mb": 0,
    "smaller_batch_on_oom": False,
}
_ALIKE_IN: dict[TrialKind, dict[str, Any]] = {"range": {}, "preflight": {"precision": "float32", "jit_compile": False}}


class TrialRequest(BaseModel):
    """A run's settings and what is asked about them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TrialKind
    config: RunConfig
    machine: str  # a measurement is of one machine: `jobs.machine_id`
    key: str  # `trial_key`: the same for settings that give the same result


def trial_key(kind: TrialKind, config: RunConfig) -> str:
    """Return what is the same for all settings that this kind of trial cannot tell apart."""
    recipe = config.recipe.model_copy(update=_ALIKE | _ALIKE_IN[kind])
    seed = config.seed if kind == "range" else 0
    alike = config.model_copy(update={"recipe": recipe, "seed": seed})
    return files.digest(alike.model_dump_json().encode())
