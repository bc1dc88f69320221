"""Decodes hostile images in a process of its own and prints JSON.

`python -m tests.kit.hostile.judge FIRST END` takes the seeds from FIRST to END; without END the largest images.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from cnnapp.errors import CnnAppError
from cnnapp.images import Decoded, decode
from tests.kit.hostile.case import Case
from tests.kit.hostile.images import cases
from tests.kit.hostile.largest import largest
from tests.kit.hostile.oracle import second_opinion

UNJUDGED = "there is no other reading to compare it with"
MOST_COMPARED = 10_000_000  # values; beyond, memory and time are what is judged
ADDRESSES = 3 * 1024**3  # of the judge's process, the other decoder included


def judge(kinds: Iterable[tuple[str, Case]]) -> dict[str, Any]:
    """Decode every case; return counts, the faults found, the slowest case and the one with the most memory."""
    counts: Counter[str] = Counter()
    seen, faults, slowest, hungriest = set(), [], (0.0, ""), (0, "")
    for kind, case in kinds:
        name = f"{kind}/{case.name}"
        seen.add(kind)
        before, start = _fresh_peak(), time.process_time()
        try:
            outcome: Decoded | str = decode(case.data, case.name)
        except CnnAppError as refusal:
            outcome = str(refusal)
        except Exception as error:  # what the corpus looks for
            counts["crashes"] += 1
            outcome = ""
            faults.append(f"{name}: {error!r}")
        slowest = max(slowest, (time.process_time() - start, name))
        hungriest = max(hungriest, (_peak() - before, name))
        counts["read" if isinstance(outcome, Decoded) else "refused"] += 1
        fault = _fault(case, outcome)
        if fault == UNJUDGED:
            counts["read, unjudged"] += 1
        elif fault:
            faults.append(f"{name}: {fault}")
    return {
        "kinds": len(seen),
        "cases": counts["read"] + counts["refused"],
        **counts,
        "faults": faults,
        "slowest": slowest,
        "hungriest": hungriest,
    }


def _fault(case: Case, outcome: Decoded | str) -> str:
    if isinstance(outcome, str):
        if case.fate == "read":
            return f"refused: {outcome}"
        good = outcome.startswith(f"{case.name} ") and "\n" not in outcome and case.words in outcome
        return "" if good else f"the sentence is {outcome!r}"
    if case.fate == "refused":
        return "read"
    return _wrong_pixels(case, np.asarray(outcome.pixels, float))


def _wrong_pixels(case: Case, pixels: np.ndarray[Any, Any]) -> str:
    if pixels.size > MOST_COMPARED:
        return UNJUDGED
    wanted = second_opinion(case.data) if case.pixels is None else np.asarray(case.pixels, float)
    if wanted is None:
        return UNJUDGED
    wanted = wanted[:, :, None] if wanted.ndim == 2 else wanted
    if wanted.shape[:2] != pixels.shape[:2]:
        return f"shape {pixels.shape}, not {wanted.shape}"
    off = float(np.abs(pixels - wanted).max())
    return f"pixels are off by {off:g}" if off > max(case.tolerance, 1e-6) else ""


def _fresh_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")  # begin to measure the peak anew
    return _peak()


def _peak() -> int:
    """The most bytes in memory since the last fresh start."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))  # a bomb that goes off takes nobody else along
    first, *end = map(int, sys.argv[1:])
    if end:
        print(json.dumps(judge(cases(range(first, *end)))))
    else:
        print(json.dumps(judge(("largest", case) for case in largest(np.random.default_rng(first)))))
