"""What a probe has found, as its folder holds it and the pages show it."""

from pydantic import BaseModel, ConfigDict

from cnnapp.devices import fast_precision
from cnnapp.recipes import Precision

WORTH_IT = 1.1  # times as fast: less is noise, or not worth another rounding


def gigabytes(count: int) -> str:
    """Return bytes in words: "0.8 GB"."""
    return f"{count / 1e9:,.1f} GB"


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    device: str  # that was measured
    beside: int = 0  # runs that were training on this machine meanwhile


class RangeResult(_Result):
    """A learning-rate range test (Smith 2017): one step per rate, the rate rising from step to step."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]  # of each step, before it changed the weights
    smooth: tuple[float, ...]  # the same, smoothed
    proposed: float | None  # None where the loss never fell
    seconds: float


class Mode(BaseModel):
    """One way to compute the same step."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    precision: Precision
    jit_compile: bool
    images_per_second: float | None = None  # None where it does not work here
    first_step_seconds: float = 0.0  # of the first step, compiling included

    @property
    def words(self) -> str:
        """How people call it."""
        return f"{self.precision}{' and XLA' if self.jit_compile else ''}"


class PreflightResult(_Result):
    """What a run will cost on this device, from its own steps on a throw-away network."""

    train: int  # images; the next two as well
    validation: int
    test: int
    batch_size: int
    memory_bytes: int  # that the run will take at most; reckoned from smaller batches where it would not fit
    budget_bytes: int  # that it may take: what is free here, less a reserve
    largest_batch: int  # that fits
    largest_tried: int  # up to here it was tried, beyond it was reckoned
    timed_batch: int  # smaller than the run's where that one does not fit
    modes: tuple[Mode, ...]  # the first one is as the run asks for
    evaluated_per_second: float  # images
    draws_seconds: float  # per epoch, for order and augmentation
    seconds: float  # that the probe took

    @property
    def fits(self) -> bool:
        """Whether there is memory for the run."""
        return self.memory_bytes <= self.budget_bytes

    @property
    def too_much(self) -> str:
        """Say that the run does not fit, and what would; nothing where it does."""
        if self.fits:
            return ""
        to_try = "a smaller network or smaller images"
        if self.largest_batch:
            to_try = f"a batch of {self.largest_batch:,} or less"
        return (
            f"At a batch size of {self.batch_size:,} this run needs about {gigabytes(self.memory_bytes)}, but "
            f"{gigabytes(self.budget_bytes)} may be used: try {to_try}."
        )

    @property
    def fastest(self) -> Mode:
        """The fastest mode; plain float32 unless another is `WORTH_IT` times as fast."""
        plain = self.mode("float32", jit_compile=False) or self.modes[0]
        best = max(self.modes, key=lambda mode: mode.images_per_second or 0.0)
        return best if (best.images_per_second or 0) >= WORTH_IT * (plain.images_per_second or 0) else plain

    def mode(self, precision: Precision, *, jit_compile: bool) -> Mode | None:
        """Return the figures of a mode; None where they were not measured."""
        wanted = (fast_precision() if precision == "auto" else precision, jit_compile)
        return next((mode for mode in self.modes if (mode.precision, mode.jit_compile) == wanted), None)

    def epoch_seconds(self, mode: Mode) -> float:
        """Return how long an epoch with its validation takes."""
        training = self.train / (mode.images_per_second or float("nan"))
        return training + self.draws_seconds + self.validation / self.evaluated_per_second

    def run_seconds(self, mode: Mode, epochs: int) -> float:
        """Return how long a run of so many epochs takes with its final test."""
        return mode.first_step_seconds + epochs * self.epoch_seconds(mode) + self.test / self.evaluated_per_second
