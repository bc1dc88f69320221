"""Every rule on histories written by hand: the sick one is named, with numbers and a repair; the healthy one is not."""

import pytest

from cnnapp import doctor, runs
from cnnapp.doctor import DatasetFacts
from cnnapp.runs import DispatchRow, NotFinite, Plan
from tests.kit.doctor_cases import AT_CHANCE, LEARNING, case, epochs, named, names, signals
from tests.kit.sick_networks import configure_layers, deep_sigmoid, tiny

pytestmark = pytest.mark.usefixtures("home")


def test_a_run_that_learns_is_healthy():
    assert doctor.examine(case(LEARNING)) == []


def test_before_its_first_epoch_nothing_is_said():
    young = case([], plan=None, signals=[], dispatches=[])
    assert doctor.examine(young) == []


def test_a_run_of_an_older_version_is_judged_by_its_curves_alone():
    old = {"signals": [], "dispatches": [], "facts": DatasetFacts()}
    assert doctor.examine(case(LEARNING, **old)) == []
    assert names(doctor.examine(case(epochs([3.9, 2.9], [0.1, 0.1], rate=0.1), **old))) == ["Learning rate too high"]


# The learning rate


def test_a_loss_that_is_no_number_is_named_with_its_step_and_a_smaller_rate():
    config = runs.configure("digits", "lenet5", optimizer="sgd", learning_rate=10.0)
    found = doctor.examine(case([], config, not_finite=NotFinite("loss", 7, 1)))
    diagnosis = named(found, "NaN or Inf")
    assert "at step 7 in epoch 1" in diagnosis.evidence
    assert diagnosis.severity == "serious"
    assert diagnosis.fix.label == "Run again with learning rate 0.05"
    assert diagnosis.fix.config.recipe.learning_rate == 0.05
    assert diagnosis.fix.config.recipe.optimizer == "sgd"


@pytest.mark.parametrize(
    ("rows", "evidence"),
    [
        (epochs([3.9, 2.9], [0.1, 0.1], rate=0.1), "guessing alone gives 2.30"),
        (epochs([212.0, 1.8], [0.1, 0.3], rate=0.05), "mean loss was 212"),
        (epochs([0.5, 0.3, 0.9], [0.8, 0.9, 0.7], rate=0.02), "rose again from 0.3 to 0.9"),
        (epochs([2.4, 2.31], [0.1, 0.1], rate=0.1), "hardly more than guessing (10%)"),
    ],
)
def test_steps_that_overshoot_are_named(rows, evidence):
    diagnosis = named(doctor.examine(case(rows)), "Learning rate too high")
    assert evidence in diagnosis.evidence
    assert "0.001 is usual for Adam" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.learning_rate == 0.001


def test_a_small_loss_may_double():
    assert doctor.examine(case(epochs([0.02, 0.01, 0.02], [0.99, 1.0, 0.99]))) == []


def test_a_rate_that_has_been_lowered_on_the_way_is_forgiven():
    rows = epochs([2.4, 2.3], [0.1, 0.1], rate=0.1)
    rows += [row._replace(epoch=row.epoch + 2, learning_rate=0.001) for row in epochs([1.5, 0.6, 0.4], [0.5, 0.8, 0.9])]
    assert doctor.examine(case(rows)) == []


def test_steps_that_hardly_move_are_named():
    config = runs.configure("digits", "lenet5", learning_rate=1e-6)
    rows = epochs([2.32, 2.31, 2.30], [0.1, 0.1, 0.12], rate=1e-6)
    diagnosis = named(doctor.examine(case(rows, config)), "Learning rate too low")
    assert "from 2.320 to 2.300" in diagnosis.evidence
    assert diagnosis.fix.label == "Run again with learning rate 0.001"


def test_momentum_counts_as_rate():
    rows = epochs([2.0, 1.5, 1.0], [0.3, 0.5, 0.7], rate=0.01)
    config = runs.configure("digits", "lenet5", optimizer="sgd", learning_rate=0.01, momentum=0.9)
    assert case(rows, config).rates.usual == pytest.approx(0.005)
    assert doctor.examine(case(rows, config)) == []


# What flows through the layers


def test_a_layer_without_life_is_named():
    rows = epochs([2.4, 2.31], [0.1, 0.1], rate=0.03)
    dead = signals(2, dead_units={"conv1": 0.1, "dense1": 0.995, "dense2": 0.95})
    diagnosis = named(doctor.examine(case(rows, signals=dead)), "Dead ReLUs")
    assert "In the layer dense1 100% of the units" in diagnosis.evidence
    assert "so does one more layer" in diagnosis.evidence
    assert diagnosis.severity == "serious"


def test_gradients_that_are_lost_on_the_way_are_named_and_relu_is_offered():
    config = configure_layers("digits", deep_sigmoid(10))
    lost = signals(3, first_gradient=1e-7, last_gradient=1e-2, dead_units={})
    diagnosis = named(doctor.examine(case(AT_CHANCE, config, signals=lost)), "Vanishing gradients")
    assert "100,000 times as much" in diagnosis.evidence
    assert diagnosis.fix.label == "Run again with ReLU instead of sigmoid"
    activations = [layer.activation for layer in diagnosis.fix.config.layers if layer.kind == "dense"]
    assert activations == ["relu"] * 8 + ["softmax"]


@pytest.mark.parametrize(
    ("norms", "reached"), [([2.0, 3.0, 2.0, 4000.0], "4,000"), ([2.0, None], "infinity"), ([None], "infinity")]
)
def test_gradients_that_explode_are_named_and_clipping_is_offered(norms, reached):
    rows = [DispatchRow(23 * number, norm, 0.001) for number, norm in enumerate(norms, 1)]
    diagnosis = named(doctor.examine(case(LEARNING, dispatches=rows)), "Exploding gradients")
    assert f"reached {reached}" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.clip_norm == 1.0


def test_clipped_gradients_are_not_clipped_again():
    config = runs.configure("digits", "lenet5", clip_norm=1.0)
    rows = [DispatchRow(1, 1.0, 0.001), DispatchRow(2, 1.0, 0.001), DispatchRow(3, 500.0, 0.001)]
    assert named(doctor.examine(case(LEARNING, config, dispatches=rows)), "Exploding gradients").fix is None


# What the network makes of the images


def test_images_learned_by_heart_are_named_and_small_changes_offered():
    rows = epochs([1.0, 0.3, 0.05], [0.7, 0.92, 0.99], [0.5, 0.55, 0.56])
    diagnosis = named(doctor.examine(case(rows)), "Overfitting")
    assert "99.0% of the training images are right, but 56.0% of the validation images" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.augmentation.active
    again = named(doctor.examine(case(rows, diagnosis.fix.config)), "Overfitting").fix
    assert again.label == "Run again with early stopping"
    assert named(doctor.examine(case(rows, again.config)), "Overfitting").fix is None


def test_a_gap_that_a_few_images_make_is_no_overfitting():
    rows = epochs([1.0, 0.3, 0.2], [0.7, 0.92, 0.95], [0.7, 0.8, 0.8])
    few = Plan("CPU", 90, 10, 15, 23, batch_size=4, from_step=0)
    assert doctor.examine(case(rows, plan=few)) == []


def test_validation_behind_batch_normalisation_is_not_believed_before_its_averages_have_settled():
    rows = epochs([1.6, 0.9, 0.3], [0.33, 0.62, 0.9], [0.2, 0.2, 0.3])
    config = runs.configure("digits", "cifar10_batchnorm")
    one_answer = signals(3, answered=[1.0] + [0.0] * 9, class_accuracy=[1.0] + [0.0] * 9)
    assert doctor.examine(case(rows, config, signals=one_answer)) == []
    later = [row._replace(step=row.step + 500) for row in rows]
    assert names(doctor.examine(case(later, config, signals=one_answer))) == ["Class collapse", "Overfitting"]


def test_a_network_at_rest_far_from_its_goal_is_named():
    config = configure_layers("digits", tiny((32, 32, 1), 10), weight_decay=0.1)
    rows = epochs([1.7, 1.605, 1.6], [0.4, 0.45, 0.45])
    diagnosis = named(doctor.examine(case(rows, config, signals=signals(3, dead_units={}))), "Underfitting")
    assert "45.0% of the training images right" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.weight_decay == 0
    assert named(doctor.examine(case(rows)), "Underfitting").fix is None


def test_a_network_that_still_learns_is_left_alone():
    assert doctor.examine(case(epochs([2.2, 1.9, 1.6], [0.2, 0.35, 0.45]))) == []


def test_one_answer_to_everything_is_named():
    answered, right = [1.0] + [0.0] * 9, [1.0] + [0.0] * 9
    collapsed = signals(3, answered=answered, class_accuracy=right, dead_units={})
    rows = epochs([2.31, 2.305, 2.303], [0.1, 0.1, 0.11], rate=0.05)
    diagnosis = named(doctor.examine(case(rows, signals=collapsed)), "Class collapse")
    assert "100% of the validation images are taken for 0; 9 classes are never right" in diagnosis.evidence
    assert diagnosis.fix.config.recipe.learning_rate == 0.001
