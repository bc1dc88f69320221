"""Probes before training: a good learning rate, time and memory; the same ones as those of the Train page."""

import time
from argparse import Namespace
from typing import Any

from cnnapp import runs
from cnnapp.cli.experiment import add_experiment_arguments, put_together
from cnnapp.cli.output import ProgressLine, table
from cnnapp.cli.verbs import Answer, Verb
from cnnapp.errors import CnnAppError
from cnnapp.runs import RunConfig, probes
from cnnapp.runs.probes import PreflightResult, Probe, ProbeKind, RangeResult

POLL_SECONDS = 0.1
ROWS = 20  # of a range test's table


def find_rate(arguments: Namespace) -> Answer:
    """Raise the learning rate step by step and propose one."""
    found = RangeResult.model_validate(_measure("range", put_together(arguments)).result)
    step = max(1, len(found.rates) // ROWS)
    rows = [(f"{rate:.2g}", f"{loss:.4f}") for rate, loss in list(zip(found.rates, found.smooth, strict=True))[::step]]
    value = found.model_dump(mode="json")
    if found.proposed is None:
        problem = "The loss did not fall at any learning rate: look at the data and the network first."
        return Answer(value, table(("rate", "loss"), rows), problem)
    return Answer(value, f"{table(('rate', 'loss'), rows)}\nproposed: {found.proposed:g}")


def preflight(arguments: Namespace) -> Answer:
    """Measure what a run will cost here: time, memory, the largest batch, the fastest mode."""
    config = put_together(arguments)
    found = PreflightResult.model_validate(_measure("preflight", config).result)
    recipe = config.recipe
    mode = found.mode(recipe.precision, jit_compile=recipe.jit_compile) or found.modes[0]
    works = mode.images_per_second is not None
    seconds = round(found.run_seconds(mode, recipe.epochs), 1) if works else None
    rows = [
        ("time to the end", "–" if seconds is None else f"{seconds:,.0f} s on {found.device}"),
        ("memory", f"{found.memory_bytes / 1e9:.1f} GB of {found.budget_bytes / 1e9:.1f} GB that may be used"),
        ("largest batch", f"{found.largest_batch:,}"),
        ("fastest", found.fastest.words),
        *((one.words, f"{one.images_per_second:,.0f} images/s") for one in found.modes if one.images_per_second),
    ]
    value = found.model_dump(mode="json") | {
        "fits": found.fits,
        "run_seconds": seconds,
        "epoch_seconds": round(found.epoch_seconds(mode), 3) if works else None,
        "fastest": {"precision": found.fastest.precision, "jit_compile": found.fastest.jit_compile},
    }
    problem = "" if works else f"{mode.words} does not work here: choose another precision, or leave XLA out."
    return Answer(value, table(("what", "found"), rows), found.too_much or problem)


def _measure(kind: ProbeKind, config: RunConfig) -> Probe:
    """Ask for a probe and wait for its end, showing how far it is.

    Raises:
        CnnAppError: it failed, or was called off here.
    """
    probe = runs.request_probe(kind, config)
    try:
        ended = _wait_for(probe)
    except KeyboardInterrupt:
        probes.cancel(probe)
        raise CnnAppError("The probe was called off: nothing of it was kept.") from None
    if ended.state != "finished" or ended.result is None:
        raise CnnAppError(ended.message or f"The probe ended as {ended.state}: try it again.")
    return ended


def _wait_for(probe: str) -> Probe:
    progress = ProgressLine()
    try:
        while (now := probes.get(probe)).live:
            if now.state == "queued":
                runs.schedule()
            what: Any = now.what or now.state
            progress.show(f"{what} {now.done}/{now.total}" if now.total else what, milestone=what)
            time.sleep(POLL_SECONDS)
    finally:
        progress.end()
    return now


VERBS = (
    Verb("find-rate", "find a good learning rate by a probe before training", add_experiment_arguments, find_rate),
    Verb("preflight", "find time, memory and fastest mode of a run by a probe", add_experiment_arguments, preflight),
)
