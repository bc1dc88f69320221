"""From the losses of a learning-rate range test to the rate that is proposed."""

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SMOOTHING = 0.9  # weight of the past


def smooth_losses(losses: Values) -> Values:
    """Return the exponential moving average (n,), without the pull towards zero at its start."""
    weights = SMOOTHING ** np.arange(len(losses))
    sums = np.cumsum(losses / weights) * weights
    return (1 - SMOOTHING) * sums / (1 - SMOOTHING ** np.arange(1, len(losses) + 1))


def propose_rate(rates: Values, losses: Values) -> float | None:
    smooth = smooth_losses(losses)
    return float(rates[int(np.argmin(smooth))] / 10)
