"""What a rule finds and how it can be put right."""

from typing import Literal, NamedTuple

from cnnapp.runs import RunConfig

Severity = Literal["serious", "check", "note"]  # nothing will come of it; look at it; good to know
SEVERITIES: tuple[Severity, ...] = ("serious", "check", "note")


class Fix(NamedTuple):
    """The same experiment with what is wrong put right."""

    label: str  # of a button: "Run again with learning rate 0.001"
    config: RunConfig


class Diagnosis(NamedTuple):
    """One thing that is wrong with a run."""

    name: str  # the field's term
    sentence: str  # what it means and what helps
    evidence: str  # what was measured, with its numbers
    severity: Severity
    fix: Fix | None = None  # where settings can help
