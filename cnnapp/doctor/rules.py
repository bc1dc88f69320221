"""The table of rules, causes before their effects: what stands higher explains what stands lower."""

from collections.abc import Callable

from cnnapp.doctor import data, experiment, fit, flow, rates
from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import SEVERITIES, Diagnosis

Rule = Callable[[Case], Diagnosis | None]

RULES: tuple[Rule, ...] = (
    experiment.unscaled_input,
    experiment.softmax_twice,
    rates.not_finite,
    rates.rate_too_high,
    rates.rate_too_low,
    flow.vanishing_gradients,
    flow.exploding_gradients,
    flow.dead_units,
    data.shuffled_labels,
    fit.memorised_labels,
    fit.class_collapse,
    data.class_without_training_images,
    data.class_without_test_images,
    data.class_of_few_images,
    data.class_of_one_picture,
    data.duplicates,
    data.imbalanced_classes,
    experiment.batch_too_large,
    fit.overfitting,
    fit.underfitting,
    experiment.waiting_for_images,
)


def examine(case: Case) -> list[Diagnosis]:
    """Return everything that is wrong with a run, the worst first."""
    found = [diagnosis for rule in RULES if (diagnosis := rule(case))]
    return sorted(found, key=lambda diagnosis: SEVERITIES.index(diagnosis.severity))
