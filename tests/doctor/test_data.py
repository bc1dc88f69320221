"""The rules about the data and the experiment, and all rules together, on histories written by hand."""

import math

import numpy as np
import pytest

from cnnapp import doctor, runs
from cnnapp.doctor import Case, DatasetFacts
from cnnapp.runs import Plan, RunConfig
from tests.kit.doctor_cases import AT_CHANCE, EQUAL, LEARNING, LN10, case, epochs, named, names, signals
from tests.kit.sick_networks import configure_layers, tiny, with_two_softmaxes, without_rescaling
from tests.kit.written_runs import write_run

pytestmark = pytest.mark.usefixtures("home")


# The data


def test_rare_classes_are_named_and_weigh_more_when_they_are_not_learned():
    facts = DatasetFacts(class_counts=(20,) + (144,) * 9, test=200)
    note = named(doctor.examine(case(LEARNING, facts=facts)), "Imbalanced classes")
    assert (note.severity, note.evidence) == ("note", "144 training images of 1, but 20 of 0.")
    behind = signals(3, class_accuracy=[0.2] + [0.9] * 9)
    check = named(doctor.examine(case(LEARNING, facts=facts, signals=behind)), "Imbalanced classes")
    assert check.severity == "check"
    assert "Of the validation images of 0, 20% are right" in check.evidence
    assert check.fix.config.recipe.class_weights == "balanced"
    weighted = case(LEARNING, check.fix.config, facts=facts)
    assert weighted.guess_loss == pytest.approx(LN10)
    assert doctor.examine(weighted) == []


def test_the_most_frequent_class_is_what_guessing_gives():
    rare = case(LEARNING, facts=DatasetFacts(class_counts=(90,) + (0,) * 8 + (10,), test=10))
    assert rare.chance == 0.9
    assert rare.guess_loss == pytest.approx(-0.9 * math.log(0.9) - 0.1 * math.log(0.1))
    assert rare.guesses


@pytest.mark.parametrize(("leaked", "severity"), [(50, "serious"), (1, "note")])
def test_test_images_among_the_others_are_counted(leaked, severity):
    facts = EQUAL._replace(leaked=leaked)
    diagnosis = named(doctor.examine(case(LEARNING, facts=facts)), "Duplicates between training and test")
    assert diagnosis.severity == severity
    assert f"{leaked} of 200 test images" in diagnosis.evidence


@pytest.mark.parametrize(
    ("facts", "name", "severity", "evidence"),
    [
        ({"class_counts": (0,) + (144,) * 9}, "Class without training images", "serious", "No training images of 0."),
        ({"test_counts": (20,) * 9 + (0,)}, "Class without test images", "check", "No test images of 9."),
        ({"class_counts": (9,) + (30,) * 9}, "Class of few images", "check", "Only 9 of 0 among the training images."),
        (
            {"alike": tuple(range(7))},
            "Class of one picture",
            "check",
            "0, 1, 2, 3, 4 and 2 more classes look all the same",
        ),
    ],
)
def test_classes_that_cannot_be_learned_or_tested_are_named(facts, name, severity, evidence):
    diagnosis = named(doctor.examine(case(LEARNING, facts=EQUAL._replace(**facts))), name)
    assert diagnosis.severity == severity
    assert evidence in diagnosis.evidence


def test_labels_that_cannot_be_learned_are_named():
    diagnosis = named(doctor.examine(case(AT_CHANCE)), "Shuffled labels")
    assert "the loss is 2.303, that of guessing 2.303" in diagnosis.evidence
    assert diagnosis.fix is None


def test_labels_learned_by_heart_are_named_and_not_called_overfitting():
    rows = epochs([2.0, 1.0, 0.3], [0.3, 0.7, 0.95], [0.1, 0.09, 0.1])
    found = doctor.examine(case(rows))
    assert "95.0% of the training images are right, but 10.0%" in named(found, "Shuffled labels").evidence
    assert "Overfitting" not in names(found)


@pytest.mark.parametrize(
    "reason",
    [
        {"signals": signals(3, first_gradient=1e-8)},
        {"signals": signals(3, dead_units={"dense1": 1.0})},
        {"config": "tiny"},
        {"epochs": AT_CHANCE[:2]},
        {"epochs": epochs([2.31, 2.305, 2.303], [0.1, 0.1, 0.11], rate=1e-7)},
        {"epochs": epochs([2.31, 2.305, 2.303], [0.1, 0.1, 0.11], rate=0.004)},
    ],
)
def test_labels_are_not_blamed_where_something_else_explains_it(reason):
    if reason.get("config") == "tiny":
        reason = {"config": configure_layers("digits", tiny((32, 32, 1), 10))}
    stuck = case(**({"rows": reason.pop("epochs", AT_CHANCE)} | reason))
    assert "Shuffled labels" not in names(doctor.examine(stuck))


# The experiment


def test_pixels_that_reach_the_weights_unscaled_are_named_and_scaled():
    network = runs.configure("digits", "lenet5")
    config = network.model_copy(update={"layers": without_rescaling(network.layers)})
    diagnosis = named(doctor.examine(case(LEARNING, config)), "Unscaled input")
    assert "up to 255" in diagnosis.evidence
    assert diagnosis.fix.config.layers == network.layers


def test_batch_normalisation_scales_too():
    network = runs.configure("digits", "cifar10_batchnorm")
    norm = next(layer for layer in network.layers if layer.kind == "batch_normalization")
    layers = (norm.model_copy(update={"name": "first"}), *without_rescaling(network.layers))
    assert doctor.examine(case(LEARNING, network.model_copy(update={"layers": layers}))) == []


def test_two_softmaxes_are_named_with_their_floor_and_one_is_taken_away():
    config = runs.configure("digits", "lenet5")
    twice = config.model_copy(update={"layers": with_two_softmaxes(config.layers)})
    diagnosis = named(doctor.examine(case(epochs([2.2, 1.7, 1.5], [0.4, 0.8, 0.97]), twice)), "Softmax applied twice")
    assert "ln(e + 9) - 1 = 1.461" in diagnosis.evidence
    assert [getattr(layer, "activation", "") for layer in diagnosis.fix.config.layers].count("softmax") == 1
    assert "Softmax applied twice" not in names(doctor.examine(case(LEARNING, diagnosis.fix.config)))


def test_a_loss_on_the_floor_of_two_softmaxes_is_named_whatever_the_layers_say():
    found = doctor.examine(case(epochs([2.2, 1.7, 1.5], [0.4, 0.8, 0.97])))
    assert named(found, "Softmax applied twice").fix is None


@pytest.mark.parametrize(("steps", "batch"), [(1, 1437), (3, 512)])
def test_a_batch_as_large_as_the_set_is_named_and_cut(steps, batch):
    config = runs.configure("digits", "lenet5", batch_size=1000)
    plan = Plan("CPU", 1437, 160, 15, steps, batch_size=batch, from_step=0)
    rows = epochs([2.3, 2.25, 2.2], [0.15, 0.2, 0.3])
    diagnosis = named(doctor.examine(case(rows, config, plan=plan)), "Batch too large for the set")
    assert f"only {steps} step" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.batch_size == 64


def test_waiting_for_images_is_told_where_it_is_measured():
    diagnosis = named(doctor.examine(case(LEARNING, signals=signals(3, waiting=0.6))), "Input-bound")
    assert "60% of the last epoch's training time" in diagnosis.evidence
    assert doctor.examine(case(LEARNING, signals=signals(3, waiting=None))) == []


# All together


def test_the_worst_stands_first_and_causes_before_effects():
    facts = EQUAL._replace(leaked=1)
    rows = epochs([1.0, 0.3, 0.05], [0.7, 0.92, 0.99], [0.5, 0.55, 0.56])
    network = runs.configure("digits", "lenet5")
    config = network.model_copy(update={"layers": without_rescaling(network.layers)})
    found = doctor.examine(case(rows, config, facts=facts))
    assert names(found) == ["Unscaled input", "Overfitting", "Duplicates between training and test"]


def test_every_repair_is_a_run_that_can_be_set_up():
    config = runs.configure("digits", "lenet5", learning_rate=0.1)
    found = doctor.examine(case(epochs([3.9, 2.9], [0.1, 0.1], rate=0.1), config))
    fixed = found[0].fix.config
    assert RunConfig.model_validate_json(fixed.model_dump_json()) == fixed


def test_the_facts_of_a_set_that_is_gone_are_unknown():
    assert doctor.read_facts("gone") == DatasetFacts()


def test_a_case_is_taken_from_a_run():
    run = write_run("running", epochs=3)
    history = runs.History(runs.find(run)).update()
    taken = Case.of(history, runs.find(run).config, EQUAL)
    history.epochs.clear()
    assert len(taken.epochs) == 3
    assert np.isclose(taken.guess_loss, LN10)
