"""A learning-rate range test on real images: by a real worker, and what its proposals are worth."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets, runs
from cnnapp.cli.entry import main
from cnnapp.runs import RunConfig, trials
from cnnapp.runs.trials import RangeResult, TrialFolder
from cnnapp.settings import settings

pytestmark = [pytest.mark.keras, pytest.mark.timeout(280)]
EPOCHS = 4


def folder_of(trial: str) -> TrialFolder:
    return TrialFolder(settings().trials_dir / trial)


def propose(**changes) -> float:
    from cnnapp.training.device import Device
    from cnnapp.training.range_test import measure_range

    config = runs.configure("digits", "lenet5", **changes)
    folder = folder_of(trials.request("range", config))
    return measure_range(folder, config, datasets.ensure("digits"), Device("CPU", False, 2)).proposed


def accuracy_after(config: RunConfig, epochs: int) -> float:
    """Of a network that learns at the configuration's rate, on the test images."""
    from cnnapp.training.device import Device
    from cnnapp.training.evaluation import evaluate
    from cnnapp.training.source import open_sources
    from cnnapp.training.throwaway import Throwaway

    train, _, test = open_sources(datasets.ensure("digits"), config)
    network = Throwaway(config, config.recipe, train, Device("CPU", False, 2))
    steps = epochs * -(-len(train) // config.recipe.batch_size)
    network.take(np.full(steps, config.recipe.learning_rate))
    return evaluate(network.graphs, test, config.image_shape).accuracy


def test_proposals_for_adam_agree_across_seeds_and_train_as_well_as_the_recipe(home):
    rates = [propose(seed=seed) for seed in (0, 1, 2)]
    assert max(rates) / min(rates) < 10
    own = accuracy_after(runs.configure("digits", "lenet5"), EPOCHS)
    found = accuracy_after(runs.configure("digits", "lenet5", learning_rate=rates[0]), EPOCHS)
    assert found > own - 0.04


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_proposal_for_sgd_is_another_one_and_trains_as_well(home, momentum):
    changes = {"optimizer": "sgd", "momentum": momentum}
    rate = propose(**changes)
    assert rate >= 0.01  # Adam's would be far too low
    config = runs.configure("digits", "lenet5", **changes, learning_rate=rate)
    assert accuracy_after(config, EPOCHS) > 0.85


def test_find_rate_shows_the_curve_and_leaves_nothing_learnt_behind(home, capsys):
    assert main(["find-rate", "--dataset", "digits", "--network", "lenet5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    found = RangeResult.model_validate(trials.find("range", runs.configure("digits", "lenet5")).result)
    assert told["proposed"] == found.proposed
    assert 1e-4 <= found.proposed <= 1e-2
    assert len(found.rates) == len(found.losses) == len(found.smooth) > 50
    assert np.all(np.diff(found.rates) > 0)
    assert found.losses[0] == pytest.approx(np.log(10), abs=0.3)
    assert min(found.smooth) < found.losses[0] - 0.5
    (folder,) = settings().trials_dir.iterdir()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000
    assert list(Path(settings().runs_dir).glob("*")) == []


def test_a_range_test_is_called_off(home):
    trial = trials.request("range", runs.configure("digits", "cifar10_batchnorm"))
    runs.schedule()
    deadline = time.monotonic() + 200
    while trials.get(trial).state != "running":
        assert time.monotonic() < deadline, trials.log_tail(trial)
        time.sleep(0.05)
    trials.cancel(trial)
    while trials.get(trial).live:
        assert time.monotonic() < deadline, trials.log_tail(trial)
        time.sleep(0.05)
    assert trials.get(trial).state == "stopped"
    assert folder_of(trial).result is None
