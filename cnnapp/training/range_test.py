import time

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import PreparedDataset
from cnnapp.runs import RunConfig
from cnnapp.runs.trials import RangeResult, TrialFolder, propose_rate, smooth_losses
from cnnapp.training.device import Device
from cnnapp.training.source import open_sources
from cnnapp.training.throwaway import Throwaway
from cnnapp.training.trial import heed_cancel

LOWEST, HIGHEST, STEPS = 1e-7, 10.0, 100  # the lowest changes nothing yet, the highest is what a recipe allows
TOO_HIGH = 4.0  # times the lowest smoothed loss: beyond it the network is spoilt, and no higher rate will mend it
STEPS_AT_ONCE = 5  # between two looks whether the test was called off


def measure_range(folder: TrialFolder, config: RunConfig, prepared: PreparedDataset, device: Device) -> RangeResult:
    """Take one step at each of exponentially rising learning rates (Smith 2017) and propose one.

    Args:
        folder: told how far the test is.
        config: the run; its rate and schedule do not count.
        prepared: its data set.
        device: to learn on.

    Raises:
        CalledOffError: the test was called off.
    """
    began = time.perf_counter()
    train, _, _ = open_sources(prepared, config)
    network = Throwaway(config, config.recipe, train, device)
    rates = np.geomspace(LOWEST, HIGHEST, STEPS)
    losses: NDArray[np.float32] = np.zeros(0, np.float32)
    while len(losses) < STEPS and not _is_over(losses):
        heed_cancel(folder)
        folder.report("Raising the learning rate", len(losses), STEPS)
        losses = np.append(losses, network.take(rates[len(losses) : len(losses) + STEPS_AT_ONCE]))
    finite = losses[np.isfinite(losses)].astype(np.float64)
    smooth = smooth_losses(finite)
    return RangeResult(
        device=device.name,
        rates=tuple(rates[: len(finite)].tolist()),
        losses=tuple(finite.tolist()),
        smooth=tuple(smooth.tolist()),
        proposed=propose_rate(rates[: len(finite)], finite),
        seconds=round(time.perf_counter() - began, 2),
    )


def _is_over(losses: NDArray[np.float32]) -> bool:
    if not len(losses):
        return False
    if not np.isfinite(losses[-1]):
        return True
    smooth = smooth_losses(losses.astype(np.float64))
    return bool(smooth[-1] > TOO_HIGH * smooth.min())
