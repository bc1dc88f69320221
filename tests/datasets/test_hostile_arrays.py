"""The corpus of hostile arrays: each refused in one sentence of ours, at once, in little memory; peeked at so too."""

import io
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.errors import CnnAppError
from tests.kit.hostile.arrays import CASES
from tests.kit.image_trees import take

SECONDS, BYTES = 2.0, 24 * 1024**2
THEIRS = ("allow_pickle", "max_header_size", "Traceback", "numpy.lib", "literal_eval")


def refusal(what):
    """The sentence of a refusal; fails where it is none, or too dear."""
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(CnnAppError) as found:
            what()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    sentence = str(found.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert not any(word in sentence for word in THEIRS)
    assert peak < BYTES, f"{peak / 1e6:.0f} MB"
    assert time.process_time() - start < SECONDS
    return sentence


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_hostile_arrays_are_refused(home, tmp_path, case):
    path = tmp_path / case.name
    path.write_bytes(case.data)
    assert case.words in refusal(lambda: take(path))
    if case.name.endswith(".npz"):
        refusal(lambda: datasets.peek(io.BytesIO(case.data)))


PEEK = """
import resource, sys
from pathlib import Path
from cnnapp import datasets
from cnnapp.errors import CnnAppError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    datasets.peek(Path(sys.argv[1]))
except CnnAppError:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.workers
@pytest.mark.parametrize("shape", [(64, 512, 512, 3), (2, 3000, 3000, 3)], ids=["many", "large"])
def test_peeking_at_a_large_honest_set_costs_a_few_megabytes(home, tmp_path, shape):
    path = tmp_path / "large.npz"
    images = np.resize(np.random.default_rng(0).integers(0, 256, 1024**2, np.uint8), shape)
    np.savez(path, x_train=images, y_train=np.arange(len(images)) % 2)
    told = subprocess.run([sys.executable, "-c", PEEK, path], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 24
