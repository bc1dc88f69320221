"""Fine-tuning as it is trained: what is frozen stays, phases begin anew, and an interruption changes nothing."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import checkpoints
from cnnapp.runs.attempts import requeue
from cnnapp.settings import settings
from tests.kit.fine_tuning_sets import kept, submit, train, write_digits
from tests.kit.queued_runs import reap_all
from tests.kit.trained_library import use
from tests.kit.waiting import wait_for, wait_for_step

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
# Batch normalisation and dropout have states of their own, in the frozen part and after it.
LAYERS = [
    {"kind": "rescaling", "name": "rescaling"},
    {"kind": "conv2d", "name": "conv1", "filters": 4},
    {"kind": "batch_normalization", "name": "norm1"},
    {"kind": "activation", "name": "relu1", "activation": "relu"},
    {"kind": "conv2d", "name": "conv2", "filters": 8, "activation": "relu"},
    {"kind": "batch_normalization", "name": "norm2"},
    {"kind": "flatten", "name": "flatten"},
    {"kind": "dense", "name": "dense1", "units": 16, "activation": "relu"},
    {"kind": "dropout", "name": "dropout1", "rate": 0.2},
    {"kind": "dense", "name": "answer", "units": 5, "activation": "softmax"},
]
SETTINGS = {
    "epochs": 4,
    "batch_size": 64,
    "learning_rate": 0.01,
    "schedule": {"kind": "cosine"},
    "clip_norm": 1.0,
    "class_weights": "balanced",
    "augmentation": {"width_shift": 0.1},
}
FINE_TUNING = {"head_epochs": 2, "from_layer": "conv2", "learning_rate": 0.002}


class Killed(BaseException):
    """As sudden as a signal: nothing in training catches it."""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """A run that knows the digits 0-4, in a library of its own."""
    patch = pytest.MonkeyPatch()
    use(tmp_path_factory.mktemp("home"), patch)
    write_digits("low", range(5), like="digits-8")
    write_digits("high", range(5, 10), like="digits-8")
    run = submit("low", "dense", layers=LAYERS, epochs=2, batch_size=32)
    train(run)
    yield run
    patch.undo()
    settings.cache_clear()


@pytest.fixture(scope="module")
def undisturbed(base) -> tuple[str, int]:
    """A fine-tuned run and its steps per epoch."""
    run = tune(base)
    return run, train(run).steps_per_epoch


def tune(base: str, **changes) -> str:
    tuning = {"run": base, **FINE_TUNING, **changes.pop("fine_tuning", {})}
    return submit("high", "dense", layers=LAYERS, **{**SETTINGS, **changes}, fine_tuning=tuning)


def layer(weights: dict[str, np.ndarray], name: str) -> list[np.ndarray]:
    found = [weights[path] for path in sorted(weights) if path.startswith(f"network/{name}/")]
    assert len(found) >= 2
    return found


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], name: str) -> bool:
    return all(map(np.array_equal, layer(one, name), layer(other, name)))


def best(run: str) -> dict[str, np.ndarray]:
    state = checkpoints.load(checkpoints.newest(runs.find(run).path).path)
    return {name.removeprefix("best/"): array for name, array in state.items() if name.startswith("best/")}


def outcome(run: str) -> tuple:
    history = runs.History(runs.find(run)).update()
    rows = [row._replace(seconds=0) for row in history.epochs]
    signals = [row._replace(waiting=None) for row in history.signals]
    state = checkpoints.load(checkpoints.newest(runs.find(run).path).path)
    return rows, signals, list(history.losses), {name: array.tobytes() for name, array in state.items()}


def test_only_the_head_learns_in_phase_1_and_only_what_follows_the_chosen_layer_in_phase_2(base, undisturbed):
    run, _ = undisturbed
    head = tune(base, epochs=2)
    train(head)
    assert outcome(head)[0] == outcome(run)[0][:2]  # the same phase 1
    after = {2: kept(head, 2), 4: kept(run, 4)}
    before = best(base)
    assert runs.find(run).recipe.fine_tuning.taken == ("conv1", "norm1", "conv2", "norm2")
    for name in ("conv1", "norm1", "conv2", "norm2"):  # statistics of the batches, too
        assert same(after[2], before, name), name
    for name in ("dense1", "answer"):
        assert not same(after[2], before, name), name
    for name in ("conv1", "norm1"):
        assert same(after[4], before, name), name
    for name in ("conv2", "norm2", "dense1", "answer"):
        assert not same(after[4], after[2], name), name
    rates = [row.learning_rate for row in runs.History(runs.find(run)).update().epochs]
    # Each phase has its own rate and the whole cosine.
    assert rates[0] > rates[1] < rates[2] > rates[3]
    assert rates[0] == pytest.approx(5 * rates[2], rel=1e-6)


@pytest.mark.parametrize("where", ["phase 1", "before the change", "after the change", "phase 2"])
def test_a_run_that_is_killed_anywhere_ends_as_if_nothing_had_happened(base, undisturbed, where, monkeypatch):
    from cnnapp.training.loop import Trainer

    killed, (whole, steps) = tune(base), undisturbed
    dispatch, change = Trainer._dispatch, Trainer._change_phase
    step = {"phase 1": steps + 2, "after the change": 2 * steps, "phase 2": 3 * steps + 3}.get(where, 10**9)

    def dispatch_or_die(self, positions, draws, count):
        if self.progress.step >= step:
            raise Killed
        if where in ("phase 1", "phase 2", "before the change") and self.progress.step % 4 == 2:
            self.keeper.save_state(self.progress)  # in the middle of an epoch
        dispatch(self, positions, draws, count)

    def change_or_die(self):
        if where == "before the change":
            raise Killed
        change(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_dispatch", dispatch_or_die)
        patch.setattr(Trainer, "_change_phase", change_or_die)
        patch.setattr("cnnapp.training.pace.Pace.steps", lambda _self, left: min(1, left))
        with pytest.raises(Killed):
            train(killed)
    found = checkpoints.newest(runs.find(killed).path)
    assert (found.step < 2 * steps) == (where in ("phase 1", "before the change"))
    assert where != "after the change" or found.step == 2 * steps
    train(killed)
    assert outcome(killed) == outcome(whole)


def test_a_worker_killed_between_the_phases_changes_nothing(base, undisturbed):
    (whole, steps), killed = undisturbed, tune(base)
    runs.schedule()
    wait_for_step(killed, 2 * steps)  # then the graph of phase 2 is compiled
    os.kill(runs.find(killed).status().worker.pid, signal.SIGKILL)
    wait_for(killed, "interrupted")
    assert runs.History(runs.find(killed)).update().step < 4 * steps
    runs.resume(killed)
    wait_for(killed, "finished", "failed")
    reap_all()
    assert runs.find(killed).status().attempt == 2
    assert outcome(killed) == outcome(whole)


def test_added_epochs_go_on_with_phase_2_and_change_nothing_before(base):
    longer, shorter = tune(base, schedule={"kind": "constant"}), tune(base, epochs=3, schedule={"kind": "constant"})
    train(longer)
    train(shorter)
    requeue(shorter, epochs=4)
    train(shorter)
    assert outcome(shorter) == outcome(longer)


def test_a_run_of_the_head_alone_begins_phase_2_with_the_first_epoch_that_is_added(base):
    changes = {"fine_tuning": {"head_epochs": 2}, "schedule": {"kind": "constant"}}
    longer, shorter = tune(base, epochs=3, **changes), tune(base, epochs=2, **changes)
    train(longer)
    train(shorter)
    requeue(shorter, epochs=3)
    train(shorter)
    assert outcome(shorter) == outcome(longer)


def test_a_rate_that_was_chosen_on_the_way_ends_with_its_phase(base):
    run = tune(base, schedule={"kind": "constant"})
    runs.set_learning_rate(run, 0.005)
    train(run)
    rates = [row.learning_rate for row in runs.History(runs.find(run)).update().epochs]
    assert rates == [0.005, 0.005, 0.002, 0.002]


def test_the_run_it_began_with_may_be_deleted_and_a_clone_still_begins_there(base, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)  # it is trained here, by no worker
    middle = tune(base, epochs=1, fine_tuning={"head_epochs": 1})
    train(middle)
    first = tune(middle, epochs=1, fine_tuning={"head_epochs": 1})
    before = best(middle)
    runs.delete(middle)
    copy = runs.clone(first)
    runs.delete(first)
    train(copy)
    assert same(kept(copy, 1), before, "conv2")
    taken = runs.find(copy).recipe.fine_tuning.taken
    assert taken == ("conv1", "norm1", "conv2", "norm2", "dense1", "answer")  # the classes are the same
    config = runs.find(copy).config
    runs.delete(copy)
    with pytest.raises(CnnAppError, match=r"network of .* that this run is to begin with is gone"):
        runs.enqueue(config)
