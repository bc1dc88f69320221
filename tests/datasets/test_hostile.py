"""The corpus of hostile archives: none crashes the import, writes outside, or changes a pixel; each is quick and small.

`make test` runs a seeded tenth; `pytest -m soak tests/datasets/test_hostile.py -s` runs all and prints the counts.
"""

import resource
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cnnapp.errors import CnnAppError
from tests.kit.hostile.archives import GOOD, cases
from tests.kit.image_trees import pixels, take

pytestmark = pytest.mark.workers

SEEDS = 30
SECONDS, PEAK_BYTES = 2.0, 512 * 1024**2  # of processor time, so that a busy machine changes nothing
HONEST = {pixels(seed).tobytes() for seed in range(120)}  # every image that the corpus holds


def outside(tmp_path):
    """Every file outside the library that the import could have made."""
    ours = tmp_path / "home"
    near = {path for path in tmp_path.rglob("*") if ours not in path.parents and path != ours}
    return near.union(*(folder.glob("*escaped*") for folder in (*tmp_path.parents, Path.cwd())))


def used():
    """(seconds of processor time, most bytes in memory) so far, with those of processes that the import has started."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both), sum(usage.ru_maxrss for usage in both) * 1024


def run(case, tmp_path, counts):
    path = tmp_path / case.name
    path.write_bytes(case.data)
    before, (start, _) = outside(tmp_path), used()
    try:
        taken = take(path)
    except CnnAppError as refusal:
        counts["refused"] += 1
        sentence = str(refusal)
    else:
        counts["taken"] += 1
        sentence = ""
        kept = {image.tobytes() for part in (taken.train, taken.test) for image in np.asarray(part.images)}
        counts["wrong pixels"] += len(kept - HONEST)
        counts["images lost"] += case.keeps * len({pixels(seed).tobytes() for seed in range(len(GOOD))} - kept)
    seconds = used()[0] - start
    counts["written outside"] += len(outside(tmp_path) - before)
    path.unlink()
    assert "\n" not in sentence, case.name
    assert not (case.keeps and sentence), f"{case.name}: {sentence}"
    return seconds


def run_all(seeds, tmp_path):
    counts, slowest, (_, before) = Counter(), (0.0, ""), used()
    for case in cases(seeds):
        slowest = max(slowest, (run(case, tmp_path, counts), case.name))
    grown = used()[1] - before
    print(f"\n{sum(counts[key] for key in ('taken', 'refused'))} archives: {dict(counts)}, crashes 0")
    print(f"slowest {slowest[0]:.2f} s ({slowest[1]}), peak memory grown by {grown / 1e6:.0f} MB")
    assert (counts["wrong pixels"], counts["images lost"], counts["written outside"]) == (0, 0, 0)
    assert grown <= PEAK_BYTES
    return slowest


def test_a_tenth_of_the_hostile_archives(home, tmp_path):
    run_all(range(SEEDS // 10), tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_all_hostile_archives(home, tmp_path):
    slowest = run_all(range(SEEDS), tmp_path)
    assert slowest[0] <= SECONDS, slowest
