"""The probe before Start on real images: its figures against a real run, and a batch that does not fit."""

import json
import statistics

import pytest

from cnnapp import datasets, runs
from cnnapp.cli.entry import main
from cnnapp.runs import RunConfig, probes
from cnnapp.runs.probes import ProbeFolder
from cnnapp.settings import settings
from tests.kit.waiting import wait_for

pytestmark = pytest.mark.keras
GENEROUS = 6.0  # both are measured beside whatever else this machine does just then; on a quiet one it is below 2


def test_the_time_of_an_epoch_is_that_of_a_real_run(home, capsys):
    assert main(["preflight", "--dataset", "digits", "--network", "lenet5", "--epochs", "6", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    run = runs.enqueue(runs.configure("digits", "lenet5", epochs=6))
    runs.schedule()
    wait_for(run, "finished", "failed")
    epochs = [row.seconds for row in runs.History(runs.find(run)).update().epochs]
    real = statistics.median(epochs[1:])  # the first one compiles
    assert real / GENEROUS < told["epoch_seconds"] < real * GENEROUS
    assert told["run_seconds"] > 6 * told["epoch_seconds"]
    assert told["fits"]
    assert told["largest_batch"] == told["train"] == told["largest_tried"]  # small images: all at once were tried
    modes = {(mode["precision"], mode["jit_compile"]) for mode in told["modes"] if mode["images_per_second"]}
    assert modes == {("float32", False), ("mixed_bfloat16", False), ("float32", True)}


def probe(config: RunConfig, budget: int | None):
    """A probe in this process that leaves out the other modes."""
    from cnnapp.training.device import Device
    from cnnapp.training.probes.preflight import Preflight

    folder = ProbeFolder(settings().probes_dir / probes.enqueue("preflight", config))
    found = Preflight(folder, config, datasets.ensure(config.dataset), Device("CPU", False, 2), budget)
    found._modes = []
    return found


def test_more_images_take_more_memory_and_what_does_not_fit_is_told_before_it_is_tried(home):
    config = runs.configure("digits", "cifar10_batchnorm", batch_size=1024)
    ample = probe(config, None)
    network, _ = ample._begin(config.recipe, 8)
    for batch in (8, 32, 256):
        ample._try(network, batch)
    taken = ample._tried
    assert taken[8] < taken[32] < taken[256]
    scarce = probe(config, taken[256])
    result = scarce.run(0)
    assert sorted(scarce._tried) == [8, 32]
    assert not result.fits
    assert "At a batch size of 1,024 this run needs about" in result.too_much
    assert result.largest_batch < 1024
    assert result.timed_batch == 32
