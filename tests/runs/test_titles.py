"""What runs are called that nobody has named: no two alike, and what is special about one is in its title."""

import pytest

from cnnapp import runs
from cnnapp.recipes import EarlyStopping
from tests.kit.written_runs import write_run


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def submit(title="", dataset="digits", network="lenet5", **settings):
    return runs.enqueue(runs.configure(dataset, network, **settings), title)


def title(**settings):
    return runs.get(submit(**settings)).title


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"learning_rate": 0.003}, " · Adam 0.003"),
        ({"optimizer": "sgd"}, " · SGD 0.001"),
        ({"optimizer": "rmsprop", "learning_rate": 0.01, "epochs": 30}, " · RMSprop 0.01 · 30 epochs"),
        ({"epochs": 1}, " · 1 epoch"),
        ({"augmentation": {"zoom": 0.1}, "seed": 7}, " · augmented · seed 7"),
        ({"schedule": {"kind": "one_cycle"}}, " · one-cycle rate"),
        ({"early_stopping": EarlyStopping(), "batch_size": 16}, " · batch 16 · early stopping"),
        (
            {"class_weights": "balanced", "clip_norm": 1.0, "momentum": 0.9, "seed": 1},
            " · balanced · momentum 0.9 · clipping 1 · seed 1",
        ),
        ({"smaller_batch_on_oom": True, "epoch_weights_mb": 1}, ""),
    ],
)
def test_a_title_carries_what_differs_from_the_recipe(home, settings, words):
    assert title(**settings) == f"digits · lenet5{words}"


def test_what_a_long_title_has_no_room_for_is_counted(home):
    many = {"optimizer": "sgd", "schedule": {"kind": "one_cycle"}, "augmentation": {"zoom": 0.1}, "clip_norm": 1.0}
    found = title(**many, class_weights="balanced", label_smoothing=0.1, nesterov=True, weight_decay=0.01, seed=1)
    assert found.startswith("digits · lenet5 · SGD 0.001 · one-cycle rate · augmented")
    assert found.endswith(" more changes")
    assert 80 < len(found) <= 100


def test_a_title_names_the_options_of_a_network_that_were_changed(home):
    assert title(network="fast", options={"width": 48, "depth": 2}, dataset="shapes") == "shapes · fast · width 48"


def test_the_same_again_gets_a_number(home):
    assert [title(epochs=30) for _ in range(3)] == [
        "digits · lenet5 · 30 epochs",
        "digits · lenet5 · 30 epochs (2)",
        "digits · lenet5 · 30 epochs (3)",
    ]
    assert title(epochs=31) == "digits · lenet5 · 31 epochs"


def test_a_title_that_a_person_gives_is_left_as_it_is(home):
    assert [title(title="mine"), title(title="mine")] == ["mine", "mine"]


def test_copies_of_copies_are_counted_rather_than_nested(home):
    run = submit("mine")
    first = runs.clone(run)
    titles = [runs.get(copy).title for copy in (first, runs.clone(run), runs.clone(first))]
    assert titles == ["mine (again)", "mine (again) (2)", "mine (again) (3)"]


def test_titles_stay_within_their_length(home):
    run = submit("m" * 100)
    for end in (" (again)", " (again) (2)"):
        found = runs.get(runs.clone(run)).title
        assert len(found) == 100
        assert found.endswith(end)


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("", "digits · lenet5 · batch 16"),
        ("digits · lenet5 · batch 32 (3)", "digits · lenet5 · batch 16"),
        ("digits · lenet5 · batch 32 (again)", "digits · lenet5 · batch 16"),
        ("thirty-two at a time", "thirty-two at a time"),
    ],
)
def test_a_title_follows_what_the_run_goes_on_with_unless_a_person_gave_it(home, given, after):
    run = write_run("stopped", title=given, epochs=2, batch_size=32)
    runs.resume(run, batch_size=16)
    assert runs.get(run).title == after


def test_a_run_that_goes_on_as_it_was_keeps_its_title(home):
    runs.resume(second := [write_run("stopped", epochs=2) for _ in range(2)][1])
    assert runs.get(second).title == "digits · lenet5 (2)"
