"""What a run will cost here, measured on a throw-away copy of its network with the run's own steps."""

import time
from collections.abc import Iterator

import numpy as np

from cnnapp.datasets import PreparedDataset
from cnnapp.devices import fast_precision
from cnnapp.jobs import Reporter
from cnnapp.recipes import Recipe
from cnnapp.runs import RunConfig
from cnnapp.runs.probes import Mode, PreflightResult, ProbeFolder, measured_recipe
from cnnapp.runs.starting import start_path
from cnnapp.training import state
from cnnapp.training.device import Device
from cnnapp.training.evaluation import evaluation_batch
from cnnapp.training.probes.memory import Memory
from cnnapp.training.probes.modes import RATE, Timed, other_modes, race
from cnnapp.training.probes.throwaway import Throwaway
from cnnapp.training.source import open_sources

FIRST_BATCH, SMALL_BATCH = 8, 32  # tried in any case; what a larger one takes is told from them before it is tried
GROWTH = 4  # from one tried batch to the next
EVALUATED_BATCHES = 4
LONGEST_STEP = 2.0  # seconds: batches beyond one that takes so long are not tried, but reckoned
SAFE_SHARE = 0.5  # of the memory there is: what would take more is not tried, but reckoned


class Preflight:
    """One probe, from small batches to large ones: memory that was once taken may never be given back."""

    def __init__(
        self,
        folder: ProbeFolder,
        config: RunConfig,
        prepared: PreparedDataset,
        device: Device,
        budget: int | None = None,
    ) -> None:
        """Open the images.

        Args:
            folder: told how far the probe is.
            config: the run.
            prepared: its data set.
            device: to learn on.
            budget: bytes that it may take; None: as many as there are.
        """
        recipe = measured_recipe("preflight", config.recipe)
        if recipe.precision == "auto":  # measured and told as what it stands for here
            recipe = recipe.model_copy(update={"precision": fast_precision()})
        self._folder, self._config, self._device = folder, config.model_copy(update={"recipe": recipe}), device
        self._reporter = Reporter(folder)
        self._memory = Memory(device)
        self._budget = self._memory.budget if budget is None else budget
        self._train, self._validation, self._test = open_sources(prepared, config)
        self._modes = other_modes(recipe, device)
        self._empty = self._memory.now()  # bytes, without a network
        self._tried: dict[int, int] = {}  # batch -> bytes at most
        self._stage = 0

    def run(self, beside: int) -> PreflightResult:
        """Measure; `beside` is how many runs train on this machine meanwhile.

        Raises:
            CalledOffError: the probe was called off.
        """
        began, recipe = time.perf_counter(), self._config.recipe
        self._report("Trying small batches")
        network, first_seconds = self._begin(recipe, min(FIRST_BATCH, recipe.batch_size))
        self._try_all(network, _growing(min(FIRST_BATCH, recipe.batch_size), recipe.batch_size))
        batch = max(self._tried)  # the run's own, unless it would take too much
        self._memory.forget_peak()
        evaluated = self._time_evaluation(network)
        base = max(self._memory.peak(), *self._tried.values())
        self._report("Looking for the largest batch")
        self._try_all(network, _growing(batch * GROWTH, len(self._train)))
        needed = base if batch == recipe.batch_size else max(base, self._reckon(recipe.batch_size))
        return PreflightResult(
            device=self._device.name,
            beside=beside,
            train=len(self._train),
            validation=len(self._validation) if self._validation else 0,
            test=len(self._test),
            batch_size=recipe.batch_size,
            memory_bytes=needed,
            budget_bytes=self._budget,
            largest_batch=self._most(base),
            largest_tried=max(self._tried),
            timed_batch=batch,
            modes=self._race(network, first_seconds, batch),
            evaluated_per_second=evaluated,
            draws_seconds=network.shuffle_seconds,
            seconds=round(time.perf_counter() - began, 2),
        )

    def _report(self, what: str) -> None:
        self._folder.raise_if_called_off()
        self._reporter(what, self._stage, 3 + len(self._modes), "stages")
        self._stage += 1

    def _begin(self, recipe: Recipe, batch: int) -> tuple[Throwaway, float]:
        """Build the network and take the step that compiles; return the seconds of both, too."""
        began = time.perf_counter()
        start = start_path(self._folder.path)
        network = Throwaway(self._config, recipe, self._train, self._device, start=start)
        network.batch = batch
        network.take([RATE])
        return network, time.perf_counter() - began

    def _try_all(self, network: Throwaway, batches: Iterator[int]) -> None:
        for batch in batches:
            if not self._try(network, batch):
                return

    def _try(self, network: Throwaway, batch: int) -> bool:
        """Take two steps of a batch, unless it would take too much memory; return whether a larger one may be tried."""
        import tensorflow as tf

        self._folder.raise_if_called_off()
        most = self._budget * (1.0 if self._device.gpu else SAFE_SHARE)
        if self._tried and batch > SMALL_BATCH and self._reckon(batch) > most:
            return False
        self._memory.forget_peak()
        network.batch = batch
        began = time.perf_counter()
        try:
            network.take([RATE] * 2)  # one of them is whole, wherever the epoch ends
        except tf.errors.ResourceExhaustedError:  # on a GPU this ends nothing but the step
            if not self._tried:
                raise
            self._budget = min(self._budget, self._reckon(batch) - 1)
            return False
        self._tried[batch] = self._memory.peak()
        return time.perf_counter() - began < 2 * LONGEST_STEP

    def _reckon(self, batch: int) -> int:
        """Return the bytes that a batch will take, by the smallest and the largest that were tried."""
        (small, low), (large, high) = self._line()
        return int(high + (batch - large) * max(0.0, (high - low) / (large - small)))

    def _line(self) -> tuple[tuple[int, int], tuple[int, int]]:
        sizes = sorted(self._tried)
        first = (0, self._empty) if len(sizes) == 1 else (sizes[0], self._tried[sizes[0]])
        return first, (sizes[-1], self._tried[sizes[-1]])

    def _most(self, base: int) -> int:
        """Return the largest batch whose step fits, of the images that there are; 0 where none does."""
        if base > self._budget and max(self._tried) <= SMALL_BATCH:
            return 0
        low, high = 0, len(self._train)
        while low < high:
            middle = (low + high + 1) // 2
            known = [taken for batch, taken in self._tried.items() if batch >= middle]
            if (min(known) if known else self._reckon(middle)) <= self._budget:
                low = middle
            else:
                high = middle - 1
        return low

    def _time_evaluation(self, network: Throwaway) -> float:
        """Return images per second of an evaluation, while the state that a run keeps is held, too."""
        import tensorflow as tf

        kept = [state.collect(network.model, network.optimizer), state.weights(network.model)]
        source, batch = self._validation or self._test, evaluation_batch(self._config.image_shape)
        some = source.take(np.arange(min(len(source), EVALUATED_BATCHES * batch)))
        network.graphs.evaluate(some, tf.constant(batch))  # compiles, and takes all the memory that it will
        began = time.perf_counter()
        network.graphs.evaluate(some, tf.constant(batch)).loss.numpy()
        seconds = time.perf_counter() - began
        del kept
        return len(some.rows) / seconds

    def _race(self, network: Throwaway, first_seconds: float, batch: int) -> tuple[Mode, ...]:
        """Return the figures of all modes, `network`'s own first."""
        import tensorflow as tf

        recipe = self._config.recipe
        own = Mode(precision=recipe.precision, jit_compile=recipe.jit_compile, first_step_seconds=first_seconds)
        modes, timed, failed = [own], [Timed(network, batch)], []
        for precision, jit_compile in self._modes:
            mode = Mode(precision=precision, jit_compile=jit_compile)
            self._report(f"Compiling {mode.words}")
            changed = recipe.model_copy(update={"precision": precision, "jit_compile": jit_compile})
            try:
                other, seconds = self._begin(changed, batch)
            except tf.errors.OpError:  # XLA does not know every operation, and both may need more memory
                failed.append(mode)
                continue
            modes.append(mode.model_copy(update={"first_step_seconds": seconds}))
            timed.append(Timed(other, batch))
        self._report("Measuring the speed")
        speeds = race(timed, self._folder.raise_if_called_off)
        raced = [
            mode.model_copy(update={"images_per_second": speed}) for mode, speed in zip(modes, speeds, strict=True)
        ]
        return (*raced, *failed)


def _growing(first: int, last: int) -> Iterator[int]:
    """Give `first`, then sizes that grow `GROWTH` times below `last`, then `last`."""
    batch = first
    while batch < last:
        yield batch
        batch *= GROWTH
    yield last
