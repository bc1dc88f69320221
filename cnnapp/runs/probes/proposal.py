"""From the losses of a learning-rate range test to the rate that is proposed.

The rule was chosen by measurement: range tests of three seeds with SGD (with and without momentum), Adam, RMSprop and
AdamW against the test accuracy after a few epochs at fixed rates half a decade apart, for `lenet5` on digits and
`first_cnn` on x_or_o. The rate at which the loss has made 0.7 of its fall lost 1.1 points on average to the best rate
of the grid (5.6 at most), and seeds differed by 0.3 decades at most; half of the fall lost 1.4 (6.3). A tenth of the
rate with the lowest loss lost 11.4 (50): on an easy set the lowest loss may come by chance at a rate that ruins a
whole epoch. The steepest place of a running mean lost 12.7 (49): the mean lags behind. fastai's valley (the longest
fall) lost 5.5 (42). With batch normalisation and SGD every rule proposes too low a rate for the first 120 steps, 0.7
of the fall the least so of those that are safe elsewhere.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

FLAT = 25  # steps at the beginning whose rates are too small to change anything
WIDTH = 3.0  # steps: of the smoothing's bell
CAP = 1.5  # times the level of the beginning: a step that explodes must not hide those beside it
FALLEN = 0.7  # share of the whole fall at which the rate is taken
LEAST_FALL = 2.0  # standard deviations of the losses while nothing is learnt; noise alone reaches 1.7 in one of 1000


def start_level(losses: Values) -> float:
    """Return the loss before anything is learnt."""
    return float(np.median(losses[:FLAT]))


def smooth_losses(losses: Values) -> Values:
    """Return the mean (n,) of the losses around each step, weighted by a bell: it lags neither behind nor ahead.

    At both ends only the half that is there counts, so that nothing pulls towards zero.
    """
    if not len(losses):
        return losses
    places = np.arange(len(losses))
    bells = np.exp(-0.5 * ((places[:, None] - places) / WIDTH) ** 2)
    smooth: Values = bells @ np.minimum(losses, CAP * start_level(losses)) / bells.sum(axis=1)
    return smooth


def propose_rate(rates: Values, losses: Values) -> float | None:
    """Return the lowest rate at which the loss has made `FALLEN` of its whole fall, to one digit.

    Args:
        rates: float (n,), rising.
        losses: float (n,), finite, of the step at each rate.

    Returns:
        None where the loss has not fallen.
    """
    if len(losses) < FLAT:
        return None
    smooth, level = smooth_losses(losses), start_level(losses)
    fall = level - smooth.min()
    if fall <= LEAST_FALL * losses[:FLAT].std():
        return None
    place = int(np.argmax(smooth <= level - FALLEN * fall))
    return float(f"{rates[place]:.0e}")
