"""What a run keeps: states of training, the trained network, and what is taken when some of it is damaged."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets, files, runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import ModelCard, RunFolder, checkpoints, epochs
from cnnapp.settings import settings
from tests.kit.written_runs import write_run


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """The folder of a small data set, drawn once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNAPP_HOME", str(tmp_path_factory.mktemp("drawn")))
        settings.cache_clear()
        datasets.ensure("x_or_o-8")
        folder = settings().datasets_dir / "x_or_o-8"
    settings.cache_clear()
    return folder


@pytest.fixture
def run(drawn, home) -> RunFolder:
    shutil.copytree(drawn, settings().datasets_dir / "x_or_o-8")
    return runs.find(runs.enqueue(runs.configure("x_or_o-8", "dense")))


def arrays(value: float) -> checkpoints.Arrays:
    return {
        "model/conv/kernel": np.full((2, 3), value, np.float32),
        "optimizer/iteration": np.array(int(value), np.int64),
    }


def save(run: RunFolder, step: int) -> None:
    checkpoints.save(run, step, step // 10, arrays(step), {"best": [0.1, None]})


def step_names(run: RunFolder) -> list[str]:
    return sorted(path.name for path in (run.path / "checkpoints").iterdir())


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def save_model(run: RunFolder, data: bytes = b"a network") -> ModelCard:
    found = {"epoch": 3, "val_accuracy": 0.9, "test_accuracy": 0.8, "digest": files.digest(data)}
    card = ModelCard.of(run, datasets.load("x_or_o-8"), **found)
    files.write(run.model_path, data)
    files.write(run.card_path, card.model_dump_json().encode())
    return card


# Checkpoints


def test_a_state_comes_back_exactly(run):
    save(run, 10)
    found = checkpoints.newest(run.path)
    assert (found.step, found.epoch, found.info) == (10, 1, {"best": [0.1, None]})
    loaded = checkpoints.load(found.path)
    assert loaded.keys() == arrays(10).keys()
    for name, array in arrays(10).items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)
    assert checkpoints.load_weights(found.path).keys() == {"conv/kernel"}


def test_a_run_without_states_has_none(run):
    assert checkpoints.newest(run.path) is None


def test_only_the_newest_two_states_are_kept(run):
    for step in (5, 10, 100, 1000):
        save(run, step)
    assert step_names(run) == ["000000100", "000001000"]
    assert checkpoints.newest(run.path).step == 1000


def test_a_state_that_is_there_is_not_written_again(run):
    save(run, 10)
    before = checkpoints.newest(run.path)
    checkpoints.save(run, 10, 1, arrays(99), {})
    assert checkpoints.newest(run.path) == before


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("arrays.npz", flip_a_bit),
        ("arrays.npz", empty),
        ("arrays.npz", Path.unlink),
        ("checkpoint.json", empty),
        ("checkpoint.json", Path.unlink),
    ],
)
def test_a_damaged_newest_state_is_passed_over(run, file, damage):
    save(run, 10)
    save(run, 20)
    damage(run.path / "checkpoints" / "000000020" / file)
    assert checkpoints.newest(run.path).step == 10


def test_what_a_killed_writer_left_is_neither_listed_nor_counted(run):
    save(run, 10)
    (run.path / "checkpoints" / ".000000020.12345678.part").mkdir()
    (run.path / "checkpoints" / "000000030").mkdir()
    assert checkpoints.newest(run.path).step == 10
    save(run, 40)
    assert checkpoints.newest(run.path).step == 40


def test_a_state_that_cannot_be_written_leaves_the_older_one(run, monkeypatch):
    save(run, 10)

    def full(_path, _value, **_options) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        save(run, 20)
    assert step_names(run) == ["000000010"]


# The trained network


def test_a_run_without_weights_says_so(run):
    with pytest.raises(CnnAppError, match="no trained weights yet"):
        runs.find_model(run.name)


def test_the_saved_network_is_preferred_and_the_newest_state_on_request(run):
    card = save_model(run)
    save(run, 10)
    best, newest = runs.find_model(run.name), runs.find_model(run.name, "newest")
    assert (best.kind, best.path, best.epoch, best.card) == ("keras", run.model_path, 3, card)
    assert (newest.kind, newest.epoch, newest.card.val_accuracy) == ("checkpoint", 1, None)
    assert newest.card.preprocess == card.preprocess
    assert newest.digest == checkpoints.newest(run.path).digest


def test_a_run_that_still_trains_is_known_by_its_newest_state(run):
    save(run, 10)
    first = runs.find_model(run.name)
    save(run, 20)
    assert (first.kind, runs.find_model(run.name).epoch) == ("checkpoint", 2)
    assert runs.find_model(run.name).digest != first.digest


def end(run: RunFolder) -> None:
    """Leave the run as one whose training is over, with these accuracies."""
    run.transition("finished", allowed={"queued"}, summary={"val_accuracy": 0.9, "test_accuracy": 0.8})


def other_runs(run: RunFolder) -> None:
    card = ModelCard.model_validate_json(run.card_path.read_bytes())
    files.write(run.card_path, card.model_copy(update={"run": "another"}).model_dump_json().encode())


def huge(run: RunFolder) -> None:
    text = run.card_path.read_text()
    assert '"image_shape":[8,8,1]' in text
    run.card_path.write_text(text.replace('"image_shape":[8,8,1]', '"image_shape":[60000,60000,1]'))


DAMAGE = {
    "is damaged": lambda run: flip_a_bit(run.model_path),
    "is missing": lambda run: run.model_path.unlink(),
    "has lost its card": lambda run: run.card_path.unlink(),
    "is another run's": other_runs,
    "card (model.json) is damaged": huge,
}


@pytest.mark.parametrize("problem", DAMAGE)
def test_a_damaged_network_is_never_replaced_in_silence(run, problem):
    save_model(run)
    save(run, 10)
    end(run)
    assert (runs.find_model(run.name).notice, runs.model_problem(run.name)) == ("", "")
    DAMAGE[problem](run)
    ref = runs.find_model(run.name)
    assert (ref.kind, ref.epoch) == ("checkpoint", 1)
    assert problem in ref.notice
    assert "after epoch 1 answer" in ref.notice
    assert problem in runs.model_problem(run.name)
    assert runs.find_model(run.name, "newest").notice == ""  # that one is what was asked for


@pytest.mark.parametrize("problem", DAMAGE)
def test_a_damaged_network_that_is_all_there_was_says_so(run, problem):
    save_model(run)
    end(run)
    DAMAGE[problem](run)
    with pytest.raises(CnnAppError, match=re.escape(problem)) as raised:
        runs.find_model(run.name)
    assert "No other weights" in str(raised.value)


def test_a_network_that_is_just_being_written_is_not_called_damaged(run):
    save_model(run)
    save(run, 10)
    files.write(run.model_path, b"a better network")  # its card follows
    ref = runs.find_model(run.name)
    assert (ref.kind, ref.notice) == ("checkpoint", "")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"run": "x"}'])
def test_a_network_without_a_readable_card_is_not_taken(run, content):
    save_model(run)
    run.card_path.write_bytes(content)
    with pytest.raises(CnnAppError, match="no trained weights yet"):
        runs.find_model(run.name)


# Weights of epochs


def keep_epoch(run: RunFolder, epoch: int, *, best: int = 1, side: int = 4) -> None:
    epochs.keep(run, epoch, {"conv/kernel": np.full((side, side), epoch, np.float32)}, best=best, budget=1024**2)


def test_an_epochs_weights_come_back(run):
    keep_epoch(run, 1)
    keep_epoch(run, 2)
    assert runs.kept_epochs(run.name) == [1, 2]
    ref = runs.find_model(run.name, 2)
    assert (ref.kind, ref.epoch) == ("checkpoint", 2)
    assert (checkpoints.load_weights(ref.path)["conv/kernel"] == 2).all()
    with pytest.raises(CnnAppError, match="The weights of epoch 7"):
        runs.find_model(run.name, 7)


def test_a_damaged_epoch_is_not_taken(run):
    keep_epoch(run, 1)
    flip_a_bit(run.path / "epochs" / "000001" / "arrays.npz")
    with pytest.raises(CnnAppError, match="not kept"):
        runs.find_model(run.name, 1)


def test_epochs_stay_within_the_disk_budget(run):
    for epoch in range(1, 9):
        keep_epoch(run, epoch, best=3, side=250)  # 250 kB: four of them fit
    left = runs.kept_epochs(run.name)
    assert len(left) == 4
    assert {3, 8} < set(left)
    keep_epoch(run, 9, side=600)  # larger than the whole budget
    assert runs.kept_epochs(run.name) == left


def test_what_stays_is_spread_evenly_with_the_best_and_the_newest():
    left: list[int] = []
    for epoch in range(1, 101):
        left.append(epoch)
        left = [number for number in left if number not in epochs.to_drop(left, 8, best=min(epoch, 37))]
    assert {37, 100} < set(left)
    gaps = np.diff([0, *left])
    assert gaps.max() <= 32
    assert epochs.to_drop([4, 5], 1, best=4) == [4]


def test_epochs_that_are_trained_again_are_forgotten(run):
    for epoch in (1, 2, 3):
        keep_epoch(run, epoch)
    epochs.forget_after(run, 2)
    assert runs.kept_epochs(run.name) == [1, 2]


@pytest.mark.parametrize(("state", "sentence"), [("running", "wait for its first"), ("stopped", "resume it")])
def test_a_run_without_weights_says_whether_they_are_to_come(home, state, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        runs.find_model(write_run(state))
