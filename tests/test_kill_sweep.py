"""Training workers killed at any moment, or cut off and come back: the run ends bit for bit as the undisturbed one."""

import os
import signal
import time

import numpy as np
import psutil
import pytest

from cnnapp import jobs, runs
from cnnapp.jobs import ACTIVE
from tests.fine_tuning_sets import write_digits
from tests.test_resume import SETTINGS, assert_same, wait_for_step
from tests.test_training_worker import train, wait_for

pytestmark = [pytest.mark.keras]
KILLED_RUNS, KILLS_EACH = 8, 3
TUNED_RUNS = 4
EPOCHS_EACH = 2  # of both phases of fine-tuning


@pytest.fixture(autouse=True)
def short_checkpoints(monkeypatch):
    monkeypatch.setenv("CNNAPP_CHECKPOINT_SECONDS", "1")


@pytest.mark.timeout(240)
def test_a_training_worker_that_comes_back_from_the_dead_spoils_nothing(home):
    undisturbed = train("digits", "lenet5", epochs=2)
    wait_for(undisturbed, "finished", "failed")
    run = train("digits", "lenet5", epochs=2)
    folder = runs.find(run)
    wait_for_step(run, 1)
    first = psutil.Process(folder.status().worker.pid)
    with folder.turn():  # so that it does not hold the lock
        first.suspend()
    folder.transition("interrupted", allowed=ACTIVE, worker=None)  # as a reader would whom its heartbeat does not reach
    runs.resume(run)
    runs.schedule()
    wait_for(run, "running", "finished")
    first.resume()
    wait_for(run, "finished", "failed")
    deadline = time.monotonic() + 30
    while psutil.pid_exists(first.pid) and first.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    jobs.reap()
    assert "not this process's any more" in folder.log_tail(100_000)
    assert folder.status().attempt == 2
    assert_same(undisturbed, run)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(KILLED_RUNS))
def test_a_run_killed_at_seeded_moments_ends_as_the_undisturbed_one(home, seed):
    began = time.monotonic()
    undisturbed = train("digits", "cifar10_batchnorm", **SETTINGS)
    wait_for(undisturbed, "finished", "failed", seconds=600)
    whole = time.monotonic() - began
    run = train("digits", "cifar10_batchnorm", **SETTINGS)
    for moment in np.random.default_rng(seed).uniform(0, whole, KILLS_EACH):
        deadline = time.monotonic() + moment
        while time.monotonic() < deadline and runs.get(run).active:
            time.sleep(0.01)
        worker = runs.find(run).status().worker
        if worker is None:  # it was faster than its killer
            break
        os.kill(worker.pid, signal.SIGKILL)
        if wait_for(run, "interrupted", "finished", seconds=20).state == "finished":
            break
        print(f"seed {seed}: killed after {moment:.1f} s at step {runs.History(runs.find(run)).update().step}")
        runs.resume(run)
        runs.schedule()
    wait_for(run, "finished", "failed", seconds=600)
    assert_same(undisturbed, run)


@pytest.fixture
def base(home) -> str:
    """A run that knows the digits 0-4."""
    write_digits("low", range(5))
    write_digits("high", range(5, 10))
    run = train("low", "cifar10_batchnorm", epochs=1, batch_size=32)
    assert wait_for(run, "finished", "failed").state == "finished"
    return run


def tune(base: str) -> str:
    tuning = {"run": base, "head_epochs": EPOCHS_EACH, "from_layer": "block2_conv1"}
    settings = {**SETTINGS, "epochs": 2 * EPOCHS_EACH, "batch_size": 32, "fine_tuning": tuning}
    return train("high", "cifar10_batchnorm", **settings)


def kill_in(phase: str, run: str, rng: np.random.Generator) -> None:
    """Kill a fine-tuned run's worker in "phase 1", in "phase 2" or at "the change" between them, and resume it."""
    folder, history = runs.find(run), runs.History(runs.find(run))
    wait_for(run, "running")
    deadline = time.monotonic() + 90
    while not history.update().plan:
        assert time.monotonic() < deadline, folder.log_tail()
        time.sleep(0.01)
    each = history.plan.steps_per_epoch
    change = EPOCHS_EACH * each
    if phase == "the change":
        wait_for_step(run, change)  # then phase 2 is compiled
        time.sleep(rng.uniform(0, 0.3))
    else:
        wait_for_step(run, int(rng.integers(1, each)) + (change if phase == "phase 2" else 0))
    os.kill(folder.status().worker.pid, signal.SIGKILL)
    wait_for(run, "interrupted", seconds=20)
    step = history.update().step
    print(f"killed in {phase}, at step {step}")
    assert {"phase 1": 0 < step < change, "the change": step == change, "phase 2": change < step < 2 * change}[phase]
    runs.resume(run)
    runs.schedule()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(TUNED_RUNS))
def test_a_fine_tuned_run_killed_in_each_phase_ends_as_the_undisturbed_one(base, seed):
    rng = np.random.default_rng(seed)
    undisturbed = tune(base)
    wait_for(undisturbed, "finished", "failed", seconds=600)
    killed = tune(base)
    for phase in ("phase 1", "the change", "phase 2"):
        kill_in(phase, killed, rng)
    wait_for(killed, "finished", "failed", seconds=600)
    assert runs.find(killed).status().attempt == 4
    assert_same(undisturbed, killed)
