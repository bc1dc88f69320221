"""The corpus of hostile arrays: each refused in one sentence of ours, at once, in little memory."""

import time
import tracemalloc

import pytest

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
