"""The same step in several precisions, by XLA or not: which ones a device may be fast in, and how fast they are."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnapp.recipes import Precision, Recipe
from cnnapp.training.device import Device
from cnnapp.training.pace import DISPATCH_SECONDS, MOST_STEPS
from cnnapp.training.probes.throwaway import Throwaway

RATE = 0.0  # a step takes as long at any learning rate, and at none it cannot explode
WARM_UP, ROUNDS = 2, 5  # the first two find how many steps make a dispatch
HOPELESS = 0.6  # of the speed that it is compared with
BFLOAT16_SINCE = (8, 0)  # NVIDIA's compute capability; before it GPUs are fast in float16 only


def other_modes(recipe: Recipe, device: Device) -> list[tuple[Precision, bool]]:
    """Return precision and jit_compile of the modes that may be faster on a device, without the recipe's own."""
    half = _half_precision(device)
    modes: list[tuple[Precision, bool]] = [("float32", False), (half, False), ("float32", True)]
    if device.gpu:
        modes.append((half, True))
    single = len(device.parts) <= 1
    return [mode for mode in modes if mode != (recipe.precision, recipe.jit_compile) and (single or not mode[1])]


def _half_precision(device: Device) -> Precision:
    if not device.gpu:
        return "mixed_bfloat16"
    import tensorflow as tf

    gpu = tf.config.list_physical_devices("GPU")[0]
    details: dict[str, Any] = tf.config.experimental.get_device_details(gpu)
    newer = tuple(details.get("compute_capability", (0, 0))) >= BFLOAT16_SINCE
    return "mixed_bfloat16" if newer else "mixed_float16"


class Timed:
    """A network whose steps are timed, as many in a dispatch as a run takes at once."""

    def __init__(self, network: Throwaway, batch: int) -> None:
        self._network, self._steps = network, 1
        network.batch, network.whole_batches = batch, True

    def lap(self) -> float:
        """Take one dispatch; return images per second."""
        before, images = time.perf_counter(), self._network.images
        self._network.take(np.full(self._steps, RATE))
        seconds = time.perf_counter() - before
        self._steps = max(1, min(MOST_STEPS, round(DISPATCH_SECONDS * self._steps / seconds)))
        return (self._network.images - images) / seconds


def race(timed: Sequence[Timed], heed: Callable[[], None]) -> list[float]:
    """Return the images per second of each, the medians of rounds in which they take turns: a load that comes and
    goes must not favour one. What is hopelessly slow leaves after its first laps.

    Args:
        timed: the first is what the others are compared with.
        heed: called between two of them; may raise.
    """
    speeds: list[float] = []  # of the first
    shares: list[list[float]] = [[] for _ in timed]  # of the first's speed in the same round
    for number in range(WARM_UP + ROUNDS):
        for place, one in enumerate(timed):
            if shares[place] and shares[place][0] < HOPELESS:
                continue
            heed()
            speed = one.lap()
            if not place:
                speeds.append(speed)
            share = speed / speeds[-1]
            if number >= WARM_UP or (number == WARM_UP - 1 and share < HOPELESS):
                shares[place].append(share)
    first = float(np.median(speeds[WARM_UP:]))
    return [first * float(np.median(found)) for found in shares]
