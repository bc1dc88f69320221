"""Questions of a reading, and what an import does with them."""

from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.result import Alternative, Question, Reading
from cnnapp.errors import CnnAppError


def answer(question: Question, choices: Choices) -> str:
    """Return the value that counts: a person's, else the question's default, else that of its first alternative.

    Raises:
        CnnAppError: the person's is none of the alternatives.
    """
    if not choices.alternative:
        return question.default or question.alternatives[0].value
    if choices.alternative not in {alternative.value for alternative in question.alternatives}:
        raise CnnAppError(
            f"{choices.alternative[:60]!r} is no answer to: {question.sentence} "
            f"Expected {_listed(question.alternatives)}."
        )
    return choices.alternative


def check_answered(reading: Reading, choices: Choices) -> None:
    """Raise CnnAppError when an import would have to choose between readings that are as good as each other."""
    question = reading.question
    if question is not None and not choices.alternative and not question.default:
        raise CnnAppError(
            f"{question.sentence} Expected a choice: {_listed(question.alternatives)}. Choose on the import page, or "
            "with --reading."
        )


def _listed(alternatives: tuple[Alternative, ...]) -> str:
    return "; ".join(f"{alternative.value!r} ({alternative.title})" for alternative in alternatives[:8])
