"""Training settings as data: what a tutorial or a person chose, validated, JSON both ways."""

import math
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

OptimizerName = Literal["sgd", "adam", "adamw", "rmsprop", "lion", "adagrad", "muon"]
MUON_ADAM_SHARE = 0.3  # of Muon's learning rate, for what Adam learns beside it: biases, norms, the output layer
Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]
# Of the arithmetic, as Keras names its dtype policies; weights are float32 in each. Auto: bfloat16 where the device has
# instructions for it, which is about twice as fast there and far slower elsewhere.
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16", "auto"]


class Settings(BaseModel):
    """Base of all settings: immutable, unknown names refused, NaN and infinity refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Augmentation(Settings):
    """Random changes of training images, drawn per image and epoch; `datasets/augmentation` says how each is made.

    The geometric ones have the ranges of Keras' ImageDataGenerator.
    """

    horizontal_flip: bool = False
    vertical_flip: bool = False
    rotation: float = Field(0.0, ge=0, le=180)  # degrees, drawn from [-rotation, rotation]
    width_shift: float = Field(0.0, ge=0, le=0.5)  # share of the width
    height_shift: float = Field(0.0, ge=0, le=0.5)  # share of the height
    zoom: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - zoom, 1 + zoom] for each axis
    shear: float = Field(0.0, ge=0, le=1.0)  # radians, drawn from [-shear, shear]
    brightness: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - brightness, 1 + brightness]
    contrast: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - contrast, 1 + contrast]
    cutout: float = Field(0.0, ge=0, le=1.0)  # side of the square that is blanked, share of the shorter side
    mixup: float = Field(0.0, ge=0, le=2.0)  # alpha of the Beta distribution of the shares; 0: images stay apart

    @property
    def active(self) -> bool:
        """Whether any change is asked for."""
        return self != Augmentation()


_SHEAR_ZOOM_FLIP = Augmentation(shear=0.2, zoom=0.2, horizontal_flip=True)

# What the tutorials use, and the recipes of the catalog with them.
AUGMENTATION_PRESETS = {
    "none": Augmentation(),
    "digits": Augmentation(width_shift=0.1, height_shift=0.1, rotation=10, zoom=0.1),
    "first CNN": _SHEAR_ZOOM_FLIP,
    "food": _SHEAR_ZOOM_FLIP.model_copy(update={"width_shift": 0.1, "height_shift": 0.1}),
    "CIFAR-10 shown": Augmentation(
        rotation=10, width_shift=0.1, height_shift=0.1, zoom=0.1, horizontal_flip=True, vertical_flip=True
    ),
    "CIFAR-10 trained": Augmentation(width_shift=0.1, height_shift=0.1, horizontal_flip=True),
}


class EarlyStopping(Settings):
    """Stop when `monitor` has not improved for `patience` epochs."""

    monitor: Monitor = "val_loss"
    patience: int = Field(5, ge=1, le=1000)


class Constant(Settings):
    """The same learning rate throughout."""

    kind: Literal["constant"] = "constant"

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002 (one signature for all)
        """Return the learning rate's factor at global `step` of `steps`."""
        return 1.0


class Steps(Settings):
    """The learning rate times `factor` after each of the named epochs."""

    kind: Literal["steps"] = "steps"
    after_epochs: tuple[Annotated[int, Field(ge=1)], ...] = (20, 40, 60)
    multiplier: float = Field(0.1, gt=0, le=1)

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        epochs_done = step // steps_per_epoch
        return float(self.multiplier ** sum(epochs_done >= epoch for epoch in self.after_epochs))


class Exponential(Settings):
    """The learning rate times `decay` per epoch, smoothly."""

    kind: Literal["exponential"] = "exponential"
    decay: float = Field(0.95, gt=0, le=1)

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        return float(self.decay ** (step / steps_per_epoch))


class Cosine(Settings):
    """Linear warm-up over `warmup` of the run, then half a cosine to zero (Loshchilov & Hutter 2017)."""

    kind: Literal["cosine"] = "cosine"
    warmup: float = Field(0.05, ge=0, lt=1)  # share of all steps

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        warm = self.warmup * steps
        if step < warm:
            return (step + 1) / (warm + 1)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1.0, steps - warm))))


class OneCycle(Settings):
    """Linear rise to the learning rate at `peak` of the run, linear fall to zero (Smith & Topin 2018)."""

    kind: Literal["one_cycle"] = "one_cycle"
    peak: float = Field(0.3, gt=0, lt=1)  # share of all steps

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        position = (step + 1) / max(1, steps)
        return max(0.0, position / self.peak if position < self.peak else (1 - position) / (1 - self.peak) + 1e-4)


class Plateau(Settings):
    """The learning rate times `multiplier` whenever `monitor` has not improved for `patience` epochs.

    As Keras' ReduceLROnPlateau with a `min_delta` of 0. How often that has been is no function of the step:
    whoever trains counts it.
    """

    kind: Literal["plateau"] = "plateau"
    monitor: Monitor = "val_loss"
    multiplier: float = Field(0.5, gt=0, lt=1)
    patience: int = Field(3, ge=1, le=1000)
    min_rate: float = Field(1e-6, ge=0, le=10)

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return 1: what lowers the rate is `lowered`."""
        return 1.0

    def lowered(self, rate: float, times: int) -> float:
        """Return the learning rate `rate` after it has been lowered so many `times`, never below `min_rate`."""
        return max(rate * self.multiplier**times, min(rate, self.min_rate))


Schedule = Annotated[Constant | Steps | Exponential | Cosine | OneCycle | Plateau, Field(discriminator="kind")]
_SCHEDULE_KINDS = {"constant", "steps", "exponential", "cosine", "one_cycle", "plateau"}


class FineTuning(Settings):
    """Begin with the weights of a finished run and learn in two phases, as in Keras' guide to transfer learning.

    In phase 1 the head alone learns, the dense layers and whatever else is new; the base, which was taken over, is
    frozen. In phase 2 everything from a chosen layer on learns, too.
    """

    run: str  # whose best network's weights are taken over
    digest: str = ""  # SHA-256 of that network's file; "", like the next: what fits when the run is set up
    taken: tuple[str, ...] = ()  # the layers that begin with its weights; the others are new
    head_epochs: int | None = Field(None, ge=0, le=10000)  # of phase 1; None: half of all
    from_layer: str = ""  # the first layer that learns in phase 2; "": the first of all
    learning_rate: float | None = Field(None, gt=0, le=10)  # of phase 2; None: a tenth of the recipe's


class Phase(NamedTuple):
    """A stretch of training with a learning rate, a schedule and an optimiser state of its own."""

    first: int  # epochs before it
    epochs: int
    learning_rate: float


class Recipe(Settings):
    """How a network is trained: everything but the data, the layers and the seed."""

    optimizer: OptimizerName = "adam"
    learning_rate: float = Field(0.001, gt=0, le=10)
    momentum: float = Field(0.0, ge=0, lt=1)  # SGD, RMSprop and Muon only
    nesterov: bool = False  # SGD and Muon only
    weight_decay: float = Field(0.0, ge=0, le=1)
    clip_norm: float = Field(0.0, ge=0)  # global gradient norm; 0: no clipping
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    class_weights: Literal["none", "balanced"] = "none"  # balanced: a class counts the more, the fewer images it has
    schedule: Schedule = Constant()
    batch_size: int = Field(32, ge=1, le=65536)
    smaller_batch_on_oom: bool = False  # once memory has run out, go on with half the batch; another result
    epochs: int = Field(10, ge=1, le=10000)
    validation_share: float = Field(0.1, ge=0, le=0.5)  # of the training images, stratified, held out
    early_stopping: EarlyStopping | None = None
    augmentation: Augmentation = Augmentation()
    epoch_weights_mb: int = Field(200, ge=0, le=1_000_000)  # disk for the weights of a run's epochs; 0: none are kept
    deterministic: bool = False  # on a GPU: operations whose result is the same every time; a CPU's are without it
    precision: Precision = "float32"  # Keras' names of its dtype policies (Micikevicius et al. 2018)
    jit_compile: bool = False  # the step by XLA, as in Keras' compile; on one device
    fine_tuning: FineTuning | None = None  # None: fresh weights, and all layers learn from the first step on

    @property
    def phases(self) -> tuple[Phase, ...]:
        """One phase for all epochs, or fine-tuning's two."""
        if not (tuning := self.fine_tuning):
            return (Phase(0, self.epochs, self.learning_rate),)
        head = self.epochs // 2 if tuning.head_epochs is None else tuning.head_epochs
        rate = tuning.learning_rate or self.learning_rate / 10
        return Phase(0, head, self.learning_rate), Phase(head, self.epochs - head, rate)

    def phase_at(self, epoch: int) -> int:
        """Return which of `phases` the epoch after `epoch` completed ones belongs to, 0 for the first."""
        return sum(phase.first <= epoch for phase in self.phases) - 1

    @model_validator(mode="after")
    def _monitored_exists(self) -> "Recipe":
        watching: dict[str, EarlyStopping | Plateau | None] = {"Early stopping": self.early_stopping}
        if isinstance(self.schedule, Plateau):
            watching["The learning rate's plateau"] = self.schedule
        for who, rule in watching.items():
            if rule and rule.monitor.startswith("val_") and self.validation_share == 0:
                raise ValueError(
                    f"{who} watches {rule.monitor}, but no images are held out for validation: "
                    "set a validation share above 0 or watch loss or accuracy."
                )
        return self

    @model_validator(mode="after")
    def _phases_fit(self) -> "Recipe":
        head = self.fine_tuning.head_epochs if self.fine_tuning else None
        if head is not None and head > self.epochs:
            raise ValueError(
                f"The last layers alone learn for {head} epochs, but the run has {self.epochs} in all: "
                f"use at most {self.epochs}."
            )
        return self


_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def explain(error: ValidationError) -> str:
    """Turn a validation error into one sentence for the person who filled the form."""
    first = error.errors()[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    # Numbers in the location are places in a list, kinds of schedules the branch that was tried: nobody typed them.
    name = " ".join(part for part in first["loc"] if isinstance(part, str) and part not in _SCHEDULE_KINDS)
    name = name.replace("_", " ").capitalize() or "The settings"
    got = repr(first["input"])
    got = f"{got[:80]}…" if len(got) > 80 else got
    for bound, words in _BOUNDS.items():
        if bound in first.get("ctx", {}):
            return f"{name} must be {words} {first['ctx'][bound]:g}, but is {got}."
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"{name}: {message}, but got {got}."
