"""What is wrong with a run, why, and what to do: `examine(Case.of(history, config, read_facts(dataset)))`.

It returns `Diagnosis`es, the worst first, each with evidence and, where there is one, a `Fix`: the same experiment put
right, to be submitted as a run of its own. A rule is one function `(Case) -> Diagnosis | None` in the table `RULES`,
causes before effects, with its thresholds as constants beside it. Rules read curves, settings and facts alone, so they
work on runs that are over and on those of older versions.
"""

from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import Diagnosis, Fix, Severity
from cnnapp.doctor.facts import DatasetFacts, read_facts
from cnnapp.doctor.rules import RULES, examine

__all__ = ["RULES", "Case", "DatasetFacts", "Diagnosis", "Fix", "Severity", "examine", "read_facts"]
