"""What is measured before Start, by real workers on real images."""

import time

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.cli.entry import main
from cnnapp.runs import trials
from cnnapp.runs.trials import RangeResult, Trial
from cnnapp.settings import settings
from tests.test_training_worker import wait_for

pytestmark = [pytest.mark.keras, pytest.mark.timeout(280)]
EPOCHS = 4


def measure(kind: str, config: runs.RunConfig) -> Trial:
    trial = trials.request(kind, config)
    runs.schedule()
    deadline = time.monotonic() + 200
    while (found := trials.get(trial)).live:
        assert time.monotonic() < deadline, f"{found}\n{trials.log_tail(trial)}"
        time.sleep(0.05)
    assert found.state == "finished", f"{found}\n{trials.log_tail(trial)}"
    return found


def proposal(**changes) -> RangeResult:
    return RangeResult.model_validate(measure("range", runs.configure("digits", "lenet5", **changes)).result)


def accuracy(**changes) -> float:
    run = runs.submit(runs.configure("digits", "lenet5", epochs=EPOCHS, **changes))
    runs.schedule()
    return wait_for(run, "finished", "failed").val_accuracy


def test_the_proposed_rate_trains_about_as_well_as_the_recipes_and_seeds_agree(home):
    found = [proposal(seed=seed) for seed in (0, 1)]
    rates = [result.proposed for result in found]
    assert max(rates) / min(rates) < 10
    assert all(1e-4 <= rate <= 1e-2 for rate in rates), rates
    assert accuracy(learning_rate=rates[0]) > accuracy() - 0.04


def test_sgd_gets_a_rate_of_its_own_that_trains(home):
    rate = proposal(optimizer="sgd", momentum=0.9).proposed
    assert 3e-3 <= rate <= 0.1
    assert accuracy(optimizer="sgd", momentum=0.9, learning_rate=rate) > 0.85


def test_a_range_test_shows_its_curve_and_leaves_nothing_learnt_behind(home, capsys):
    command = ["find-rate", "--dataset", "digits", "--network", "lenet5", "--json"]
    assert main(command) == 0
    assert '"proposed": 0.00' in capsys.readouterr().out
    (folder,) = settings().trials_dir.iterdir()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000
    result = trials.find("range", runs.configure("digits", "lenet5")).result
    found = RangeResult.model_validate(result)
    assert len(found.rates) == len(found.losses) == len(found.smooth) > 50
    assert np.all(np.diff(found.rates) > 0)
    assert found.losses[0] == pytest.approx(np.log(10), abs=0.3)
    assert min(found.smooth) < found.losses[0] - 0.5


def test_a_range_test_is_called_off(home):
    trial = trials.request("range", runs.configure("digits", "cifar10_batchnorm"))
    runs.schedule()
    deadline = time.monotonic() + 120
    while trials.get(trial).state != "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    trials.cancel(trial)
    while trials.get(trial).live:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert trials.get(trial).state == "stopped"
