from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import Diagnosis, Fix, Severity
from cnnapp.doctor.facts import DatasetFacts, read_facts
from cnnapp.doctor.rules import RULES, examine

__all__ = ["RULES", "Case", "DatasetFacts", "Diagnosis", "Fix", "Severity", "examine", "read_facts"]
