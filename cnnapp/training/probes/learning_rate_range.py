"""A learning-rate range test: one step at each of exponentially rising rates."""

import time

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import PreparedDataset
from cnnapp.jobs import Reporter
from cnnapp.runs import RunConfig
from cnnapp.runs.probes import ProbeFolder, RangeResult
from cnnapp.runs.probes.proposal import FLAT, propose_rate, smooth_losses, start_level
from cnnapp.runs.starting import start_path
from cnnapp.training.device import Device
from cnnapp.training.probes.throwaway import Throwaway
from cnnapp.training.source import open_sources

LOWEST, HIGHEST, STEPS = 1e-7, 10.0, 100  # the lowest changes nothing yet, the highest is what a recipe allows
TOO_HIGH = 4.0  # times the lowest smoothed loss, and more than at the beginning: no higher rate will mend that
STEPS_AT_ONCE = 5  # between two looks whether the probe was called off


def measure_range(folder: ProbeFolder, config: RunConfig, prepared: PreparedDataset, device: Device) -> RangeResult:
    """Take one step at each of exponentially rising learning rates (Smith 2017) and propose one.

    Args:
        folder: told how far the probe is.
        config: the run; its rate and schedule do not count.
        prepared: its data set.
        device: to learn on.

    Raises:
        CalledOffError: the probe was called off.
    """
    began, report = time.perf_counter(), Reporter(folder)
    train, _, _ = open_sources(prepared, config)
    network = Throwaway(config, config.recipe, train, device, start=start_path(folder.path))
    rates = np.geomspace(LOWEST, HIGHEST, STEPS)
    losses: NDArray[np.float32] = np.zeros(0, np.float32)
    while len(losses) < STEPS and not _is_over(losses):
        folder.raise_if_called_off()
        report("Raising the learning rate", len(losses), STEPS, "steps")
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
    if len(losses) and not np.isfinite(losses[-1]):
        return True
    if len(losses) < FLAT:
        return False
    found = losses.astype(np.float64)
    lately = float(found[-STEPS_AT_ONCE:].mean())
    return lately > max(start_level(found), TOO_HIGH * float(smooth_losses(found).min()))
