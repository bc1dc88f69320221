"""Where several readings of a tree are as good as each other: what is asked, and which one counts."""

from collections.abc import Sequence

from cnnapp.datasets.reading.answers import answer
from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.class_folders import Depth, possible_depths
from cnnapp.datasets.reading.findings import Findings
from cnnapp.datasets.reading.result import Alternative, Question
from cnnapp.datasets.reading.split_folders import Branches
from cnnapp.datasets.reading.tree import Node

ALL = "all"


def choose_depth(levels: Sequence[Node], choices: Choices, findings: Findings) -> int:
    """Return how many folders below the first that may be a class the class is, 0 for that one itself.

    One reading counts if it alone leaves nothing out; with two such a person is asked.
    """
    depths = possible_depths(levels)
    if len(depths) < 2:
        return depths[0].depth if depths else 0
    question = _about_depth(depths)
    findings.question = question
    chosen = int(answer(question, choices)) - 1
    if question.default and not choices.alternative:
        findings.notices.append(f"{question.sentence} The first leaves nothing out, so it was taken.")
    return chosen


def choose_set(divided: Branches, choices: Choices, findings: Findings) -> Branches:
    """Return the branches of the sets that count, where a source holds several with splits of their own."""
    if not divided.sets:
        return divided
    question = _about_sets(divided)
    findings.question = question
    chosen = answer(question, choices)
    if question.default and not choices.alternative:
        findings.notices.append(f"{question.sentence} All of them were taken together, so nothing is left out.")
    if chosen == ALL:
        return divided
    others = [branch.node for branch in divided.branches if branch.source != chosen]
    kept = [branch for branch in divided.branches if branch.source == chosen]
    return divided._replace(branches=kept, extras=[*divided.extras, *others], sets=())


def _about_depth(depths: Sequence[Depth]) -> Question:
    most = max(depth.covered for depth in depths)
    whole = [depth for depth in depths if depth.covered == most]
    return Question(
        sentence=f"Folders lie in folders, so the classes may be {' or '.join(_named(depth) for depth in depths)}.",
        alternatives=tuple(depth.alternative() for depth in depths),
        default=str(whole[0].depth + 1) if len(whole) == 1 else "",
    )


def _named(depth: Depth) -> str:
    more = " …" if len(depth.names) > 2 else ""
    return f"the {len(depth.names):,} folders {', '.join(depth.names[:2])}{more}"


def _about_sets(divided: Branches) -> Question:
    return Question(
        sentence=f"There are {len(divided.sets)} folders with training and other images of their own.",
        alternatives=(
            Alternative(value=ALL, title="all of them together"),
            *(Alternative(value=name, title=f"only {name}") for name in divided.sets),
        ),
        default="" if _leaks(divided) else ALL,
    )


def _leaks(divided: Branches) -> bool:
    """Whether pictures that train in one set test in another, as in the parts of a cross-validation."""

    def files(role: str) -> set[tuple[str, int, float]]:
        nodes = [branch.node for branch in divided.branches if branch.role == role]
        return {(entry.parts[-1], entry.size, entry.stamp) for node in nodes for entry in node.entries()}

    test = files("test") | files("validation")
    return 2 * len(test & files("train")) > len(test) > 0
