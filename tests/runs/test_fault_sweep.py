"""Every fault at every file operation of a run: nothing acknowledged is lost, and the resumed run ends the same.

`make test` tries a seeded tenth; `pytest -m soak tests/runs/test_fault_sweep.py -s` tries all and prints the counts.
"""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.workers


def sweep(share: float) -> dict:
    command = [sys.executable, "-m", "tests.kit.fault_sweep", str(share), "20261121"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    print(json.dumps(found, indent=1))
    assert found["wrong"] == []
    assert found["tried"] >= round(share * found["points"]) > 0
    return found


def test_a_tenth_of_all_faults(home):
    sweep(0.1)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_all_faults(home):
    found = sweep(1.0)
    assert found["tried"] == found["points"] > 500
