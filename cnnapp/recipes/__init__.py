"""How a network is trained, as data: validated, JSON both ways, without Keras.

- `Recipe` has one field per setting, and a `Setting` beside each with all that people read of it and where; `SETTINGS`
  lists them by name, the run's `seed` too. The form, a run's facts and title and the command line read them there.
- `OPTIMIZERS` has one row per optimiser: title, Keras class, options, sound learning rates. Builder, script, form,
  titles, command line and doctor read them there; `Recipe.optimizer_arguments` is what Keras' class is called with.
- `SCHEDULES` has one class per learning rate schedule, by its `kind`; `schedule.factor(step, steps, steps_per_epoch)`.
- `AUGMENTATION_PRESETS` are the tutorials' settings. `explain(error)` turns a refusal by pydantic into one sentence.
"""

from cnnapp.recipes.augmentation import AUGMENTATION_PRESETS, Augmentation
from cnnapp.recipes.fine_tuning import FineTuning, Phase
from cnnapp.recipes.monitoring import EarlyStopping, Monitor
from cnnapp.recipes.optimizers import OPTIMIZERS, Optimizer, RateRange
from cnnapp.recipes.recipe import Recipe
from cnnapp.recipes.refusals import explain
from cnnapp.recipes.rows import Choice, Number, NumberList, Part, Place, Setting, Slider, Switch, list_settings
from cnnapp.recipes.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Schedule,
    Steps,
)
from cnnapp.recipes.settings import SETTINGS, Precision

__all__ = [
    "AUGMENTATION_PRESETS",
    "OPTIMIZERS",
    "SCHEDULES",
    "SETTINGS",
    "Augmentation",
    "Choice",
    "Constant",
    "Cosine",
    "EarlyStopping",
    "Exponential",
    "FineTuning",
    "Monitor",
    "Number",
    "NumberList",
    "OneCycle",
    "Optimizer",
    "Part",
    "Phase",
    "Place",
    "Plateau",
    "Precision",
    "RateRange",
    "Recipe",
    "Schedule",
    "Setting",
    "Slider",
    "Steps",
    "Switch",
    "explain",
    "list_settings",
]
