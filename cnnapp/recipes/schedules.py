"""How the learning rate changes over time: one class per schedule, with its title and the rows of its settings."""

import math
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from cnnapp.recipes.monitoring import Monitored, Patience
from cnnapp.recipes.rows import Number, NumberList, Part, Setting, Slider


class Constant(Part):
    """The same learning rate throughout."""

    title: ClassVar = "constant"
    kind: Literal["constant"] = "constant"

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002 (one signature for all)
        """Return the learning rate's factor at global `step` of `steps`."""
        return 1.0


class Steps(Part):
    """The learning rate times `multiplier` after each of the named epochs."""

    title: ClassVar = "steps by epoch"
    kind: Literal["steps"] = "steps"
    after_epochs: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...], Setting("After epochs", "Separated by commas.", NumberList())
    ] = (20, 40, 60)
    multiplier: Annotated[
        float, Field(gt=0, le=1), Setting("Factor", "What the rate is multiplied with after each of them.", Number())
    ] = 0.1

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        epochs_done = step // steps_per_epoch
        return float(self.multiplier ** sum(epochs_done >= epoch for epoch in self.after_epochs))


class Exponential(Part):
    """The learning rate times `decay` per epoch, smoothly."""

    title: ClassVar = "exponential"
    kind: Literal["exponential"] = "exponential"
    decay: Annotated[
        float, Field(gt=0, le=1), Setting("Factor per epoch", "What the rate is multiplied with per epoch.", Number())
    ] = 0.95

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        return float(self.decay ** (step / steps_per_epoch))


class Cosine(Part):
    """Linear warm-up over `warmup` of the run, then half a cosine to zero (Loshchilov & Hutter 2017)."""

    title: ClassVar = "cosine with warm-up"
    kind: Literal["cosine"] = "cosine"
    warmup: Annotated[
        float, Field(ge=0, lt=1), Setting("Share of warm-up", "Of all steps.", Slider(0.0, 0.5, 0.01))
    ] = 0.05

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        warm = self.warmup * steps
        if step < warm:
            return (step + 1) / (warm + 1)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1.0, steps - warm))))


class OneCycle(Part):
    """Linear rise to the learning rate at `peak` of the run, linear fall to zero (Smith & Topin 2018)."""

    title: ClassVar = "one-cycle"
    kind: Literal["one_cycle"] = "one_cycle"
    peak: Annotated[
        float, Field(gt=0, lt=1), Setting("Peak at", "As a share of all steps.", Slider(0.05, 0.95, 0.01))
    ] = 0.3

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return the learning rate's factor at global `step` of `steps`."""
        position = (step + 1) / max(1, steps)
        return max(0.0, position / self.peak if position < self.peak else (1 - position) / (1 - self.peak) + 1e-4)


class Plateau(Part):
    """The learning rate times `multiplier` whenever `monitor` has not improved for `patience` epochs.

    As Keras' ReduceLROnPlateau with a `min_delta` of 0. How often that has been is no function of the step:
    whoever trains counts it.
    """

    title: ClassVar = "lower on a plateau"
    kind: Literal["plateau"] = "plateau"
    monitor: Monitored = "val_loss"
    patience: Patience = 3
    multiplier: Annotated[
        float, Field(gt=0, lt=1), Setting("Factor", "What the rate is multiplied with then.", Number(step=0.1))
    ] = 0.5
    min_rate: Annotated[
        float, Field(ge=0, le=10), Setting("Lowest rate", "The rate is not lowered below it.", Number(step=1e-6))
    ] = 1e-6

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:  # noqa: ARG002
        """Return 1: what lowers the rate is `lowered`."""
        return 1.0

    def lowered(self, rate: float, times: int) -> float:
        """Return the learning rate `rate` after it has been lowered so many `times`, never below `min_rate`."""
        return max(rate * self.multiplier**times, min(rate, self.min_rate))


Schedule = Annotated[Constant | Steps | Exponential | Cosine | OneCycle | Plateau, Field(discriminator="kind")]
SCHEDULES: dict[str, type[Constant | Steps | Exponential | Cosine | OneCycle | Plateau]] = {
    schedule.model_fields["kind"].default: schedule for schedule in get_args(get_args(Schedule)[0])
}
