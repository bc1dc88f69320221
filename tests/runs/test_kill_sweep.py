"""Training workers killed at any moment, or cut off and come back: the run ends bit for bit as the undisturbed one."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from cnnapp import jobs, runs
from cnnapp.jobs import ACTIVE
from cnnapp.settings import settings
from tests.kit.fine_tuning_sets import write_digits
from tests.kit.queued_runs import reap_all
from tests.kit.trained_library import use
from tests.kit.waiting import wait_for, wait_for_step, wait_until
from tests.training.test_resume import SETTINGS, assert_same
from tests.training.test_worker import train

pytestmark = [pytest.mark.keras]
KILLED_RUNS, KILLS_EACH = 8, 3
TUNED_RUNS = 4
EPOCHS_EACH = 2  # of both phases of fine-tuning


def test_a_training_worker_that_comes_back_from_the_dead_spoils_nothing(home, monkeypatch):
    monkeypatch.setenv("CNNAPP_CHECKPOINT_SECONDS", "1")
    undisturbed = train("digits", "lenet5", epochs=2)
    wait_for(undisturbed, "finished", "failed")
    run = train("digits", "lenet5", epochs=2)
    folder = runs.find(run)
    wait_for_step(run, 1)
    first = psutil.Process(folder.status().worker.pid)
    with folder.turn():  # so that it does not hold the lock
        suspend(first)
    folder.transition("interrupted", allowed=ACTIVE, worker=None)  # as a reader would whom its heartbeat does not reach
    runs.resume(run)
    wait_for(run, "running", "finished")
    first.resume()
    wait_for(run, "finished", "failed")
    wait_until(lambda: not psutil.pid_exists(first.pid) or first.status() == psutil.STATUS_ZOMBIE)
    jobs.reap()
    assert "not this process's any more" in folder.log_tail(100_000)
    assert folder.status().attempt == 2
    assert_same(undisturbed, run)


def suspend(process: psutil.Process) -> None:
    """Stop a process and wait until each of its threads stands: the signal reaches them one after the other."""
    process.suspend()
    threads = Path(f"/proc/{process.pid}/task")
    wait_until(lambda: all(stat.read_text().rpartition(")")[2].split()[0] in "Tt" for stat in threads.glob("*/stat")))


# The sweep; all seeds of a kind share a library with the undisturbed run


@pytest.fixture(scope="module")
def library_of_all(tmp_path_factory) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("CNNAPP_CHECKPOINT_SECONDS", "1")
    use(tmp_path_factory.mktemp("home"), patch)
    yield
    reap_all()
    patch.undo()
    settings.cache_clear()


@pytest.fixture(scope="module")
def undisturbed(library_of_all) -> str:
    run = train("digits", "cifar10_batchnorm", **SETTINGS)
    wait_for(run, "finished", "failed")
    return run


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(KILLED_RUNS))
def test_a_run_killed_at_seeded_moments_ends_as_the_undisturbed_one(undisturbed, seed):
    rng = np.random.default_rng(seed)
    last = runs.History(runs.find(undisturbed)).update().step
    run = train("digits", "cifar10_batchnorm", **SETTINGS)
    for step in sorted(rng.choice(last, KILLS_EACH, replace=False)):
        if step:
            wait_for_step(run, step)
        time.sleep(rng.uniform(0, 0.3 if step else 5))  # where no step has been taken, while it starts
        kill(run, f"seed {seed}")
    wait_for(run, "finished", "failed")
    assert runs.find(run).status().attempt > 1
    assert_same(undisturbed, run)


def kill(run: str, when: str) -> int:
    """Kill a run's worker and resume it, unless it has finished; return the step it had reached."""
    worker, history = runs.find(run).status().worker, runs.History(runs.find(run))
    if worker is not None:
        os.kill(worker.pid, signal.SIGKILL)
    if wait_for(run, "interrupted", "finished").state == "interrupted":
        print(f"{when}: killed at step {history.update().step}")
        runs.resume(run)
    return history.update().step


@pytest.fixture(scope="module")
def base(library_of_all) -> str:
    """A run that knows the digits 0-4."""
    write_digits("low", range(5))
    write_digits("high", range(5, 10))
    run = train("low", "cifar10_batchnorm", epochs=1, batch_size=32)
    assert wait_for(run, "finished", "failed").state == "finished"
    return run


@pytest.fixture(scope="module")
def undisturbed_phases(base) -> str:
    run = tune(base)
    wait_for(run, "finished", "failed")
    return run


def tune(base: str) -> str:
    tuning = {"run": base, "head_epochs": EPOCHS_EACH, "from_layer": "block2_conv1"}
    settings = {**SETTINGS, "epochs": 2 * EPOCHS_EACH, "batch_size": 32, "fine_tuning": tuning}
    return train("high", "cifar10_batchnorm", **settings)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(TUNED_RUNS))
def test_a_fine_tuned_run_killed_in_each_phase_ends_as_the_undisturbed_one(base, undisturbed_phases, seed):
    rng = np.random.default_rng(seed)
    each = runs.History(runs.find(undisturbed_phases)).update().plan.steps_per_epoch
    change = EPOCHS_EACH * each
    run = tune(base)
    wait_for_step(run, int(rng.integers(1, each)))
    assert 0 < kill(run, f"seed {seed}, phase 1") < change
    wait_for_step(run, change)  # then phase 2 is compiled
    time.sleep(rng.uniform(0, 0.3))
    assert kill(run, f"seed {seed}, the change") == change
    wait_for_step(run, change + int(rng.integers(1, each)))
    assert change < kill(run, f"seed {seed}, phase 2") < 2 * change
    wait_for(run, "finished", "failed")
    assert runs.find(run).status().attempt == 4
    assert_same(undisturbed_phases, run)
