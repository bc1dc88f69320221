import json

import pytest
from pydantic import TypeAdapter, ValidationError

from cnnapp.recipes import (
    SCHEDULES,
    Augmentation,
    Constant,
    Cosine,
    EarlyStopping,
    Exponential,
    OneCycle,
    Plateau,
    Recipe,
    Schedule,
    Steps,
    explain,
)

STEPS, PER_EPOCH = 1000, 100  # ten epochs of a hundred steps


def factors(schedule, *steps: int) -> list[float]:
    return [pytest.approx(schedule.factor(step, STEPS, PER_EPOCH), abs=1e-9) for step in steps]


def test_a_constant_rate_stays():
    assert factors(Constant(), 0, 500, 999) == [1, 1, 1]


def test_steps_multiply_after_each_named_epoch():
    schedule = Steps(after_epochs=(2, 5), multiplier=0.1)
    assert factors(schedule, 0, 199, 200, 499, 500, 999) == [1, 1, 0.1, 0.1, 0.01, 0.01]


def test_exponential_decays_by_its_factor_in_each_epoch():
    assert factors(Exponential(decay=0.5), 0, 100, 200, 50) == [1, 0.5, 0.25, 0.5**0.5]


def test_cosine_warms_up_to_the_full_rate_and_ends_near_zero():
    schedule = Cosine(warmup=0.1)
    assert schedule.factor(0, STEPS, PER_EPOCH) == pytest.approx(1 / 101)
    assert factors(schedule, 100, 550, 1000) == [1, 0.5, 0]
    rising = [schedule.factor(step, STEPS, PER_EPOCH) for step in range(101)]
    assert rising == sorted(rising)


def test_one_cycle_peaks_where_it_says_and_never_asks_for_a_negative_rate():
    schedule = OneCycle(peak=0.3)
    course = [schedule.factor(step, STEPS, PER_EPOCH) for step in range(STEPS)]
    assert course.index(max(course)) == pytest.approx(300, abs=1)
    assert max(course) == pytest.approx(1, abs=0.005)
    assert course[0] == pytest.approx(1 / 300)
    assert 0 < course[-1] < 0.001


def test_a_plateau_lowers_the_rate_as_often_as_told_but_not_below_its_lowest():
    schedule = Plateau(multiplier=0.5, min_rate=0.2)
    assert [schedule.lowered(1.0, times) for times in range(4)] == [1.0, 0.5, 0.25, 0.2]
    assert schedule.lowered(0.1, 5) == 0.1  # a rate that is lower than that stays


@pytest.mark.parametrize("schedule", [*(kind() for kind in SCHEDULES.values()), Cosine(warmup=0.9)])
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_every_schedule_gives_a_usable_factor_in_the_shortest_runs(schedule, steps):
    assert all(0 <= schedule.factor(step, steps, 1) <= 1.001 for step in range(steps))


@pytest.mark.parametrize("schedule", [kind() for kind in SCHEDULES.values()])
def test_a_recipe_is_the_same_after_json(schedule):
    recipe = Recipe(
        optimizer="sgd",
        momentum=0.9,
        schedule=schedule,
        early_stopping=EarlyStopping(monitor="loss", patience=3),
        augmentation=Augmentation(zoom=0.2),
    )
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    assert TypeAdapter(Schedule).validate_python(schedule.model_dump()) == schedule


def test_augmentation_is_active_when_anything_differs_from_none():
    assert not Augmentation().active
    assert Augmentation(rotation=1).active


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epochs": 0}, "Epochs must be at least 1, but is 0."),
        ({"batch_size": 1.5}, "Batch size: input should be a valid integer, got a number with a fractional part"),
        ({"learning_rate": float("nan")}, "Learning rate: input should be a finite number, but got nan."),
        ({"optimizer": "best"}, "Optimizer must be one of adam, sgd, adamw"),
        ({"optimizer": "best" * 5000}, "Optimizer must be one of adam, sgd, adamw"),
        ({"optimizer": ["adam"]}, "Optimizer: input should be a valid string"),
        ({"rate": 1}, "Rate: extra inputs are not permitted, but got 1."),
        ({"schedule": {"kind": "cosine", "warmup": 2}}, "Schedule warmup must be below 1, but is 2."),
        ({"schedule": {"kind": "steps", "after_epochs": [0]}}, "Schedule after epochs must be at least 1"),
        ({"early_stopping": {"patience": 0}}, "Early stopping patience must be at least 1"),
        ({"early_stopping": {}, "validation_share": 0}, "Early stopping monitors val_loss, but no images are held out"),
        (
            {"schedule": {"kind": "plateau"}, "validation_share": 0},
            "The learning rate's plateau monitors val_loss, but no images are held out",
        ),
        ({"schedule": {"kind": "plateau", "multiplier": 1}}, "Schedule multiplier must be below 1"),
        ("{", "The settings: input should be a valid dictionary"),
        ({"epochs": "9" * 5000}, "Epochs: "),
    ],
)
def test_a_refused_setting_is_explained_in_one_sentence(settings, sentence):
    with pytest.raises(ValidationError) as caught:
        Recipe.model_validate(settings)
    said = explain(caught.value)
    assert said.startswith(sentence)
    assert "\n" not in said
    assert len(said) < 300


def test_a_recipe_that_an_older_version_stored_still_loads():
    stored = (
        '{"optimizer":"rmsprop","learning_rate":0.003,"momentum":0.9,"nesterov":true,"weight_decay":0.01,'
        '"clip_norm":1.0,"label_smoothing":0.1,"class_weights":"balanced","schedule":{"kind":"plateau","monitor":'
        '"loss","multiplier":0.2,"patience":4,"min_rate":1e-05},"batch_size":64,"smaller_batch_on_oom":true,"epochs":7,'
        '"validation_share":0.2,"early_stopping":{"monitor":"val_accuracy","patience":9},"augmentation":{"zoom":0.1},'
        '"epoch_weights_mb":5,"deterministic":true,"precision":"auto","jit_compile":true,"fine_tuning":{"run":"base",'
        '"digest":"d","taken":["conv1"],"head_epochs":3,"from_layer":"conv1","learning_rate":0.001}}'
    )
    recipe = Recipe.model_validate_json(stored).model_dump(mode="json")
    given = json.loads(stored)
    assert given.pop("augmentation").items() <= recipe["augmentation"].items()
    assert {name: recipe[name] for name in given} == given
