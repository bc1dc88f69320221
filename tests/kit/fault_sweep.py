"""`python -m tests.kit.fault_sweep SHARE SEED`: the stand-in trainer under every fault at every file operation.

After each fault the invariants are checked, then the run is resumed and must end as the undisturbed one did.
Prints one JSON line: points tried, faults by outcome. Trials are forks of this process, which has no threads.
"""

import contextlib
import itertools
import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnnapp import datasets, runs
from cnnapp.jobs import TOKEN
from cnnapp.runs import RunFolder, checkpoints
from cnnapp.runs.attempts import requeue
from tests.kit.file_faults import KINDS, Faults
from tests.kit.standin_worker import EPOCHS, STEPS, work

Outcome = tuple[list[float], list[Any], dict[str, Any], str]


def in_fork(action: Callable[[], object], log: Path) -> int:
    """Return the pid of a fork that does `action` and ends, printing to `log`."""
    if pid := os.fork():
        return pid
    code = 1
    with contextlib.suppress(SystemExit):
        try:
            with log.open("ab") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            action()
            code = 0
        except Exception:
            traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)


def attempt(folder: RunFolder, faults: Faults) -> None:
    """Start the run, let `faults` happen to its worker, and look at what became of it as a server would."""
    token = folder.start_token()
    assert token, folder.status()

    def be_worker() -> None:
        os.environ[TOKEN] = token
        faults.install()
        try:
            work(folder.path)
        finally:
            if not faults.at:
                (folder.path / "operations").write_text(str(faults.count))

    pid = in_fork(be_worker, folder.log)
    folder.started(token, pid)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    folder.status()
    os.waitpid(pid, 0)


def check(folder: RunFolder) -> None:
    """Hold the invariants of a run whose worker has ended."""
    status = folder.status()
    assert status.final, status
    assert status == RunFolder(folder.path).status(), "the state changes by being read"
    listed = runs.get(folder.name)
    assert not listed.damaged, listed
    acknowledged = [int(line.split()[1]) for line in folder.log_tail().splitlines() if line.startswith("kept ")]
    newest = checkpoints.newest(folder.path)
    if acknowledged:
        assert newest, "an acknowledged checkpoint is gone"
        assert newest.step >= max(acknowledged), (newest.step, acknowledged)
        runs.find_model(folder.name)
    for path in (folder.path / "checkpoints").glob("[0-9]*"):
        assert checkpoints.load(path / "arrays.npz"), path
    steps = list(runs.History(folder).update().steps)
    assert steps == list(range(1, len(steps) + 1)), steps


def outcome(folder: RunFolder) -> Outcome:
    """Return all that an undisturbed run would leave, too."""
    history = runs.History(folder).update()
    arrays = checkpoints.load(checkpoints.newest(folder.path).path)
    assert list(history.steps) == list(range(1, EPOCHS * STEPS + 1))
    ref = runs.find_model(folder.name)
    assert ref.kind == "keras"
    return list(history.losses), history.epochs, arrays, ref.digest


def same(one: Outcome, other: Outcome) -> bool:
    return (
        one[0] == other[0]
        and one[1] == other[1]
        and one[2].keys() == other[2].keys()
        and all(np.array_equal(one[2][name], other[2][name]) for name in one[2])
        and one[3] == other[3]
    )


def submit() -> RunFolder:
    return runs.find(runs.enqueue(runs.configure("x_or_o-8", "dense", epochs=EPOCHS)))


def undisturbed() -> tuple[Outcome, int]:
    """Return what a run without faults leaves, and its number of file operations."""
    folder = submit()
    attempt(folder, Faults())
    assert folder.status().state == "finished", folder.log_tail()
    return outcome(folder), int((folder.path / "operations").read_text())


def trial(kind: str, at: int, expected: Outcome) -> str:
    """Return the state that the fault led to; raises AssertionError when anything is lost or wrong."""
    folder = submit()
    attempt(folder, Faults(kind, at))
    state = folder.status().state
    check(folder)
    if state != "finished":
        requeue(folder.name)
        attempt(folder, Faults())
        assert folder.status().state == "finished", folder.log_tail()
        check(folder)
    assert same(outcome(folder), expected), "resumed to another result"
    runs.delete(folder.name)
    return state


def main(share: float, seed: int) -> int:
    datasets.ensure("x_or_o-8")
    expected, operations = undisturbed()
    points = list(itertools.product(KINDS, range(1, operations + 1)))
    places = np.random.default_rng(seed).permutation(len(points))[: max(1, round(share * len(points)))]
    chosen = [points[place] for place in places]
    ends: Counter[str] = Counter()
    wrong = []
    for kind, at in chosen:
        try:
            ends[f"{kind}: {trial(kind, at, expected)}"] += 1
        except Exception as error:
            wrong.append(f"{kind} at operation {at}: {error!r}")
    print(json.dumps({"points": len(points), "tried": len(chosen), "ends": ends, "wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
