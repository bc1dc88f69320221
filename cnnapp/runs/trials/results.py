"""What a trial has found, as its folder holds it and the pages show it."""

from pydantic import BaseModel, ConfigDict


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
