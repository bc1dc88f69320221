"""What is measured before Start, without a worker: which settings are alike, the queue, and what becomes of files."""

import os

import numpy as np
import pytest

from cnnapp import architectures, files, jobs, lifecycle, runs
from cnnapp.errors import CnnAppError
from cnnapp.recipes import FineTuning
from cnnapp.runs import probes, queue
from cnnapp.runs.probes import library, queueing
from cnnapp.runs.starting import start_path
from cnnapp.settings import settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """The ids and GPUs of probes and runs that were started: they count as working, but have no process."""
    ids: list[tuple[str, tuple[int, ...]]] = []

    def start(_module, job, *, by=None, gpus=()):
        if job.transition("running", allowed={"queued"}, worker=jobs.identity.identify(), gpus=tuple(gpus)):
            ids.append((job.name, tuple(gpus)))
        return True

    monkeypatch.setattr(jobs, "start", start)
    return ids


def config(**changes) -> runs.RunConfig:
    return runs.configure("digits", "lenet5", **changes)


def test_a_probe_is_found_again_by_its_settings(home):
    asked = probes.enqueue("range", config())
    found = probes.find("range", config())
    assert (found.job, found.state, found.live, found.result) == (asked, "queued", True, None)
    assert probes.find("preflight", config()) is None


@pytest.mark.parametrize(
    "changes",
    [{"learning_rate": 0.3}, {"epochs": 99}, {"schedule": {"kind": "cosine"}}, {"smaller_batch_on_oom": True}],
)
def test_a_range_test_holds_for_other_rates_and_lengths(home, changes):
    asked = probes.enqueue("range", config())
    assert probes.find("range", config(**changes)).job == asked


@pytest.mark.parametrize(
    "changes", [{"batch_size": 16}, {"optimizer": "sgd"}, {"seed": 1}, {"augmentation": {"rotation": 5}}]
)
def test_a_range_test_does_not_hold_for_what_changes_the_losses(home, changes):
    probes.enqueue("range", config())
    assert probes.find("range", config(**changes)) is None


def tuned(monkeypatch: pytest.MonkeyPatch, epochs: int = 6, rate: float = 0.001, **fields) -> runs.RunConfig:
    """A run that goes on from another, as `runs.configure` spells it out."""
    start = {"digest": files.digest(b"network"), "taken": ("conv1", "conv2"), "from_layer": "conv1"}
    tuning = FineTuning(run="other", **{**start, "head_epochs": epochs // 2, "learning_rate": rate / 10, **fields})
    monkeypatch.setattr(library, "read_start", lambda _tuning: b"network")
    recipe = config(epochs=epochs, learning_rate=rate).recipe.model_copy(update={"fine_tuning": tuning})
    return config().model_copy(update={"recipe": recipe})


@pytest.mark.parametrize("kind", ["range", "preflight"])
def test_what_was_measured_of_a_fine_tuned_run_holds_for_other_rates_and_lengths(home, monkeypatch, kind):
    asked = probes.enqueue(kind, tuned(monkeypatch))
    for other in (tuned(monkeypatch, rate=0.3), tuned(monkeypatch, epochs=20), tuned(monkeypatch, head_epochs=1)):
        assert probes.find(kind, other).job == asked
    assert probes.find(kind, tuned(monkeypatch, digest="another")) is None
    assert probes.find(kind, config()) is None


def test_of_fine_tuning_a_rate_is_looked_for_in_phase_1_and_the_cost_is_that_of_phase_2(monkeypatch):
    network = config().layers

    def frozen(kind, recipe):
        return architectures.find_frozen(network, probes.measured_recipe(kind, recipe), 0)

    both = tuned(monkeypatch, from_layer="conv2").recipe
    assert (frozen("range", both), frozen("preflight", both)) == (("conv1", "conv2"), ("conv1",))
    head = tuned(monkeypatch, head_epochs=6).recipe  # there is no phase 2
    assert frozen("range", head) == frozen("preflight", head) == ("conv1", "conv2")
    rest = tuned(monkeypatch, head_epochs=0).recipe
    assert frozen("range", rest) == frozen("preflight", rest) == ()


def test_no_copy_of_a_network_stays_with_a_probe_that_has_ended(home, monkeypatch):
    called_off, killed = probes.enqueue("range", tuned(monkeypatch)), probes.enqueue("preflight", tuned(monkeypatch))
    probes.cancel(called_off)
    folder = probes.ProbeFolder(settings().probes_dir / killed)
    folder.transition("interrupted", allowed={"queued"})
    after = probes.enqueue("range", tuned(monkeypatch))
    copies = [path.parent.name for path in settings().probes_dir.rglob(start_path(folder.path).name)]
    assert copies == [after]


def test_what_is_under_way_is_not_asked_twice_but_what_has_ended_is(home):
    first = probes.enqueue("range", config())
    assert probes.enqueue("range", config()) == first
    probes.ProbeFolder(settings().probes_dir / first).transition("failed", allowed={"queued"}, message="It failed.")
    assert probes.find("range", config()).message == "It failed."
    assert probes.enqueue("range", config()) != first


def test_what_was_called_off_is_forgotten(home):
    asked = probes.enqueue("range", config())
    probes.cancel(asked)
    assert probes.get(asked).state == "stopped"
    assert probes.find("range", config()) is None


def test_a_probe_that_is_gone_is_told_in_a_sentence(home):
    with pytest.raises(CnnAppError, match="measure again"):
        probes.get("../runs")


def test_old_probes_are_removed_and_the_newest_stay(home, monkeypatch):
    monkeypatch.setattr(library, "KEPT", 3)
    asked = []
    for seed in range(6):
        asked.append(probes.enqueue("range", config(seed=seed)))
        probes.cancel(asked[-1])
    live = probes.enqueue("range", config(seed=9))
    assert {path.name for path in settings().probes_dir.iterdir()} == {*asked[-3:], live}


def test_what_older_versions_measured_is_neither_read_nor_deleted(home):
    old = home / "trials" / "20260101-000000-range-000000"
    old.mkdir(parents=True)
    (old / "trial.json").write_text("{}")
    half = home / "trials" / ".half.part"
    half.mkdir()
    os.utime(half, (0, 0))
    lifecycle.start()
    lifecycle.stop()
    probes.cancel(probes.enqueue("range", config()))
    assert queue.schedule() == []
    assert {path.name for path in old.parent.iterdir()} == {old.name, half.name}
    assert [path.name for path in old.iterdir()] == ["trial.json"]


def test_a_damaged_probe_keeps_no_other_from_its_place(home, started):
    probes.enqueue("range", config())
    (settings().probes_dir / "20000101-000000-range-000000").mkdir()
    assert probes.find("range", config()) is not None
    queue.schedule()
    assert len(started) == 1


# The queue


def test_one_probe_at_a_time_and_beside_a_run(home, started):
    run = runs.enqueue(config())
    first, _ = [probes.enqueue("range", config(seed=seed)) for seed in range(2)]
    assert queue.schedule() == [run]
    assert [name for name, _ in started] == [run, first]
    queue.schedule()
    assert len(started) == 2


def with_gpus(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    for module in (queue, queueing):
        monkeypatch.setattr(module, "count_gpus", lambda: count)


def test_a_probe_waits_while_runs_have_all_gpus(home, started, monkeypatch):
    with_gpus(monkeypatch, 1)
    run, probe = runs.enqueue(config()), probes.enqueue("range", config())
    queue.schedule()
    assert started == [(run, (0,))]
    assert probes.get(probe).state == "queued"


def test_a_run_waits_for_the_gpu_that_a_probe_has(home, started, monkeypatch):
    with_gpus(monkeypatch, 1)
    probe = probes.enqueue("range", config())
    queue.schedule()
    run = runs.enqueue(config())
    assert queue.schedule() == []
    probes.ProbeFolder(settings().probes_dir / probe).transition("finished", allowed={"running"}, worker=None)
    assert queue.schedule() == [run]
    assert started == [(probe, (0,)), (run, (0,))]


def test_probe_and_run_have_a_gpu_each_where_there_are_two(home, started, monkeypatch):
    with_gpus(monkeypatch, 2)
    run, probe = runs.enqueue(config()), probes.enqueue("range", config())
    queue.schedule()
    assert started == [(run, (0,)), (probe, (1,))]


# The proposal


def test_smoothing_has_no_pull_towards_zero():
    assert np.allclose(probes.smooth_losses(np.full(5, 2.3)), 2.3)
