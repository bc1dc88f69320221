"""The doctor on runs that were really trained: sixteen sick ones, ten healthy ones, three epochs each.

`make test` trains a tenth; `pytest -m soak tests/doctor/test_training.py -s` trains all and prints the table.
"""

from collections.abc import Iterable

import pytest

from cnnapp import doctor, runs
from cnnapp.doctor import Case, Diagnosis
from tests.kit.fine_tuning_sets import train
from tests.kit.sick_runs import HEALTHY, SICK, Patient
from tests.kit.waiting import wait_for

pytestmark = pytest.mark.keras
FINAL = ("finished", "failed", "interrupted", "stopped")


def examine_all(patients: Iterable[Patient]) -> list[tuple[Patient, list[Diagnosis]]]:
    """Train each in a worker of its own, one after the other."""
    queued = [(patient, runs.enqueue(patient.configure(), patient.about)) for patient in patients]
    runs.schedule()
    return [(patient, examine(run)) for patient, run in queued]


def examine(run: str) -> list[Diagnosis]:
    wait_for(run, *FINAL)
    folder = runs.find(run)
    history = runs.History(folder).update()
    return doctor.examine(Case.of(history, folder.config, doctor.read_facts(folder.config.dataset)))


def examine_here(patient: Patient) -> list[Diagnosis]:
    """Train a patient in this process."""
    run = runs.enqueue(patient.configure(), patient.about)
    train(run)
    return examine(run)


def tell(results: list[tuple[Patient, list[Diagnosis]]]) -> None:
    for patient, found in results:
        names = ", ".join(f"{diagnosis.name} ({diagnosis.severity})" for diagnosis in found)
        print(f"{patient.about:32} | {patient.diagnosis or '-':36} | {names or 'healthy'}")


def is_named(patient: Patient, found: list[Diagnosis]) -> bool:
    return patient.diagnosis in [diagnosis.name for diagnosis in found]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras' own, while it saves
def test_two_sick_runs_are_named_and_a_healthy_one_is_left_alone(home):
    chosen = [next(patient for patient in SICK if patient.about == about) for about in TENTH]
    results = [(patient, examine_here(patient)) for patient in (*chosen, HEALTHY[0])]
    tell(results)
    assert all(is_named(*result) for result in results[:2])
    assert results[2][1] == []


TENTH = ("Adam at 0.1", "permuted labels")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_sick_runs_are_named_and_healthy_ones_are_left_alone(home):
    sick, healthy = examine_all(SICK), examine_all(HEALTHY)
    tell([*sick, *healthy])
    missed = [patient.about for patient, found in sick if not is_named(patient, found)]
    alarmed = [patient.about for patient, found in healthy if found]
    print(f"{len(sick) - len(missed)} of {len(sick)} sick runs named; {len(alarmed)} of {len(healthy)} false alarms")
    assert len(missed) <= len(sick) - round(len(sick) * 10 / 12), missed
    assert len(alarmed) <= 1, alarmed
