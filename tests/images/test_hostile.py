"""The corpus of hostile images: none crashes the decoder or comes out with wrong pixels; each is quick and small.

Right are the pixels that the generator drew, and for damaged files those that OpenCV shows. `make test` runs a seeded
tenth; `pytest -m soak tests/images/test_hostile.py -s` runs all, with the largest images, and prints the counts.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.workers

SEEDS = 30
SECONDS, PEAK_BYTES = 2.0, 512 * 1024**2  # of processor time, so that a busy machine changes nothing; of memory grown


def judged(*arguments):
    """What the judge found, in a process of its own: a crash of a codec is a failed test, not the end of all."""
    command = [sys.executable, "-m", "tests.kit.hostile.judge", *map(str, arguments)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    print("\n", {key: value for key, value in found.items() if key != "faults"})
    assert found["faults"] == []
    return found


def expect_cheap(found):
    assert found["slowest"][0] <= SECONDS, found["slowest"]
    assert found["hungriest"][0] <= PEAK_BYTES, found["hungriest"]


def test_a_tenth_of_the_hostile_images(home):
    expect_cheap(judged(0, SEEDS // 10))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_all_hostile_images(home):
    expect_cheap(judged(0, SEEDS))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_largest_images_that_are_read(home):
    expect_cheap(judged(0))
