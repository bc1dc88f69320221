"""The optimisers, one row each; every rule that depends on the optimiser reads it here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator


class RateRange(NamedTuple):
    """Learning rates of one optimiser."""

    low: float  # below it a network moves too little to be seen in some epochs
    usual: float
    high: float  # above it many networks diverge or die


# What all of Keras' optimisers have: fields of a recipe, and what Keras calls them.
_COMMON = {"weight_decay": "weight_decay", "clip_norm": "global_clipnorm"}
_MOMENTUM = {"momentum": "momentum"}
_NESTEROV = {"nesterov": "nesterov"}


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """One optimiser."""

    title: str
    keras_class: str  # in keras.optimizers
    rates: RateRange
    options: Mapping[str, str] = field(default_factory=lambda: _COMMON)  # fields of a recipe -> Keras' arguments
    always_given: tuple[str, ...] = ()  # options that are given even when they are off: Keras' defaults are not
    fixed: Mapping[str, Any] = field(default_factory=dict)  # more of Keras' arguments
    momentum_adds_up: bool = False  # a momentum m makes steps up to 1 / (1 - m) times as long; `rates` are without

    def list_arguments(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Keras' class is called with.

        Args:
            settings: the fields of a recipe.
        """
        given = {option: settings[option] for option in self.options if settings[option] or option in self.always_given}
        arguments = {self.options[option]: value for option, value in given.items()}
        return {"learning_rate": settings["learning_rate"], **arguments, **self.fixed}


_ADAM_RATES = RateRange(5e-5, 0.001, 0.003)

# Rates: Keras' defaults and the papers' values (Kingma & Ba 2015; Chen et al. 2023 for Lion: a tenth to a third of
# Adam's). A step of Keras' Muon has a fifth of the size of Adam's at the same rate (Liu et al. 2025).
OPTIMIZERS = {
    "adam": Optimizer(title="Adam", keras_class="Adam", rates=_ADAM_RATES),
    "sgd": Optimizer(
        title="SGD",
        keras_class="SGD",
        rates=RateRange(0.005, 0.05, 0.2),
        options=_COMMON | _MOMENTUM | _NESTEROV,
        momentum_adds_up=True,
    ),
    "adamw": Optimizer(
        title="AdamW",
        keras_class="AdamW",
        rates=_ADAM_RATES,
        always_given=("weight_decay",),
    ),
    "rmsprop": Optimizer(
        title="RMSprop",
        keras_class="RMSprop",
        rates=_ADAM_RATES,
        options=_COMMON | _MOMENTUM,
    ),
    "lion": Optimizer(title="Lion", keras_class="Lion", rates=RateRange(1e-5, 0.0003, 0.001)),
    "adagrad": Optimizer(title="Adagrad", keras_class="Adagrad", rates=RateRange(5e-4, 0.01, 0.03)),
    "muon": Optimizer(
        title="Muon",
        keras_class="Muon",
        rates=RateRange(2.5e-4, 0.02, 0.1),
        options=_COMMON | _MOMENTUM | _NESTEROV,
        always_given=("weight_decay", "momentum", "nesterov"),
        fixed={
            # Adam learns beside it: biases, norms, the output layer.
            "adam_lr_ratio": 0.3,
            "adam_weight_decay": None,  # norms' scales and the output layer do not grow as what Muon turns
        },
    ),
}


def _check_known(name: str) -> str:
    if name not in OPTIMIZERS:
        raise ValueError(f"Optimizer must be one of {', '.join(OPTIMIZERS)}, but is {name[:80]!r}.")
    return name


OptimizerName = Annotated[str, AfterValidator(_check_known)]


def name_those_with(option: str) -> str:
    """Return the titles of the optimisers that have an option: "SGD, RMSprop and Muon"."""
    *most, last = (row.title for row in OPTIMIZERS.values() if option in row.options)
    return f"{', '.join(most)} and {last}" if most else last
