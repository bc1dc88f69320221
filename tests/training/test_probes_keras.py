"""A learning-rate range test on real images: by a real worker, and what its proposals are worth."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets, runs
from cnnapp.cli.entry import main
from cnnapp.jobs.identity import Identity, is_alive
from cnnapp.runs import RunConfig, probes
from cnnapp.runs.probes import ProbeFolder, RangeResult
from cnnapp.settings import settings
from tests.kit.fine_tuning_sets import submit, train
from tests.kit.queued_runs import reap_all
from tests.kit.trained_library import use
from tests.kit.waiting import wait_until

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
EPOCHS = 4


def folder_of(probe: str) -> ProbeFolder:
    return ProbeFolder(settings().probes_dir / probe)


def propose(**changes) -> float:
    from cnnapp.training.device import Device
    from cnnapp.training.probes.learning_rate_range import measure_range

    config = runs.configure("digits", "lenet5", **changes)
    folder = folder_of(probes.enqueue("range", config))
    return measure_range(folder, config, datasets.ensure("digits"), Device("CPU", False, 2)).proposed


def accuracy_after(config: RunConfig, epochs: int) -> float:
    """Of a network that learns at the configuration's rate, on the test images."""
    from cnnapp.training.device import Device
    from cnnapp.training.evaluation import evaluate
    from cnnapp.training.probes.throwaway import Throwaway
    from cnnapp.training.source import open_sources

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
    found = RangeResult.model_validate(probes.find("range", runs.configure("digits", "lenet5")).result)
    assert told["proposed"] == found.proposed
    assert 1e-4 <= found.proposed <= 1e-2
    assert len(found.rates) == len(found.losses) == len(found.smooth) > 50
    assert np.all(np.diff(found.rates) > 0)
    assert found.losses[0] == pytest.approx(np.log(10), abs=0.3)
    assert min(found.smooth) < found.losses[0] - 0.5
    (folder,) = settings().probes_dir.iterdir()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000
    assert list(Path(settings().runs_dir).glob("*")) == []


@pytest.fixture(scope="module")
def tuned(tmp_path_factory) -> Iterator[RunConfig]:
    """A run that is to go on from one that knows the digits, to tell the same digits apart; in a library of its own."""
    patch = pytest.MonkeyPatch()
    use(tmp_path_factory.mktemp("home"), patch)
    base = submit("digits", "lenet5", epochs=8)
    train(base)
    yield runs.configure("digits", "lenet5", fine_tuning={"run": base})
    reap_all()
    patch.undo()
    settings.cache_clear()


def wait_for_probe(probe: str, *states: str) -> probes.Probe:
    wait_until(lambda: probes.get(probe).state in states, lambda: probes.log_tail(probe))
    return probes.get(probe)


def assert_nothing_is_left_of(probe: str, worker: Identity) -> None:
    wait_until(lambda: not is_alive(worker))
    files = [path for path in folder_of(probe).path.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 100_000  # no network among them
    assert not [path for path in settings().probes_dir.iterdir() if path.name.startswith(".")]
    assert [run.state for run in runs.list_runs()] == ["finished"]  # what it goes on from


def test_a_range_test_of_a_fine_tuned_run_begins_with_what_is_known_and_learns_as_phase_1_does(tuned):
    probe = probes.enqueue("range", tuned)
    runs.schedule()
    wait_for_probe(probe, "running", "finished", "failed")
    worker = folder_of(probe).status().worker
    found = RangeResult.model_validate(wait_for_probe(probe, "finished", "failed").result)
    assert found.losses[0] < np.log(10) / 2, "random weights would be at ln 10"
    assert len(found.rates) > 50
    if worker:  # else it has ended already
        assert_nothing_is_left_of(probe, worker)


def test_a_range_test_that_a_person_calls_off_leaves_neither_a_process_nor_a_network(tuned):
    probe = probes.enqueue("range", tuned)
    runs.schedule()
    wait_for_probe(probe, "running")
    worker = folder_of(probe).status().worker
    probes.cancel(probe)
    assert wait_for_probe(probe, "stopped", "finished", "failed").state == "stopped"
    assert_nothing_is_left_of(probe, worker)
    assert folder_of(probe).result is None
    found = probes.find("range", tuned)
    assert found is None or found.job != probe  # another test may have measured the same before
    after = probes.enqueue("range", tuned)
    runs.schedule()
    assert probes.get(after).state != "queued"
    probes.cancel(after)
    wait_for_probe(after, "stopped")
