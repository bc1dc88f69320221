"""What a reading asks or has guessed, as switches; each returns the choices with what the person has changed."""

from typing import Any

import streamlit as st

from cnnapp.datasets import Choices, Reading, read_range, write_range
from cnnapp.datasets.reading import Guess, Question
from cnnapp.errors import CnnAppError
from cnnapp.ui.kit.feedback import escape

_LABELS = {  # fields of Choices that take one of a guess's values
    "form": "Read as",
    "encoding": "Names are written in",
    "array_set": "Which set",
    "label_file": "Table of labels",
    "file_column": "Column of files",
    "label_column": "Column of classes",
}
_DECIDED = {  # fields of Choices that may be without a switch once they are chosen
    "array_set": "The chosen set",
    "pixel_range": "Black and white are",
    "label_file": "The table of labels",
    "file_column": "The column of files",
    "label_column": "The column of classes",
}
_TEST_FROM = {"training": "a share of the training images", "validation": "the validation images"}
_RANGE_HELP = "The values that become black and white, as “0 to 1”; empty: found over the whole set."


def is_open(reading: Reading, choices: Choices) -> bool:
    """Whether the reading asks something that nobody has answered and that has no answer by itself."""
    question = reading.question
    return question is not None and not question.default and not _answer_of(question, choices)


def ask_question(job: str, reading: Reading, choices: Choices) -> Choices:
    """Ask what only a person can decide, or offer to decide again."""
    if reading.question is not None:
        return _ask(job, reading.question, choices)
    decided = {field: getattr(choices, field) for field in _DECIDED} | {"pixel_range": _range_words(choices)}
    guessed = {guess.key for guess in reading.guesses}
    for field, value in decided.items():
        if value and field not in guessed:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(f"{_DECIDED[field]}: **{escape(value)}**")
            if button.button("Choose again", key=f"again-{field}-{job}"):
                return choices.model_copy(update={field: Choices.model_fields[field].default})
    return choices


def ask_guesses(job: str, reading: Reading, choices: Choices) -> Choices:
    """Show guesses that change what is read, side by side."""
    listed = [guess for guess in reading.guesses if guess.key in _LABELS and len(guess.alternatives) > 1]
    grey = reading.becomes is not None and reading.becomes.image_shape[2] == 1
    if not listed and not grey:
        return choices
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for guess in listed:
            choices = _ask_guess(job, guess, choices)
        if grey:
            choices = _ask_ink(job, reading, choices)
    return choices


def ask_test_from(job: str, reading: Reading, choices: Choices) -> Choices:
    """Ask what gives a test part to a set that comes without one but with a validation part."""
    if choices.test_from == "training" and (reading.count("test") or not reading.count("validation")):
        return choices
    ways = list(_TEST_FROM)
    wanted = st.selectbox(
        "Test images", ways, ways.index(choices.test_from), _TEST_FROM.__getitem__, key=f"test-from-{job}"
    )
    return choices.model_copy(update={"test_from": wanted})


def ask_range(job: str, choices: Choices) -> Choices:
    """Ask for the range of values; raises CnnAppError for what is none."""
    before = _range_words(choices)
    typed = st.text_input(
        "Range of values", before, placeholder="found over the set", key=f"range-{job}", help=_RANGE_HELP, max_chars=60
    ).strip()
    if typed == before:
        return choices
    found = read_range(typed)
    if typed and found is None:
        raise CnnAppError(f"{typed!r} is no range of values: expected two numbers, as in 0 to 255.")
    return choices.model_copy(update={"pixel_range": found})


def _ask(job: str, question: Question, choices: Choices) -> Choices:
    titles = {alternative.value: alternative.title for alternative in question.alternatives}
    answered = _answer_of(question, choices) or question.default
    values = list(titles)
    with st.container(border=True):
        st.markdown(f":material/help: **{escape(question.sentence)}**")
        wanted = st.radio(
            "Which is meant?",
            values,
            index=values.index(answered) if answered in values else None,
            format_func=lambda value: escape(titles[value]),
            key=f"question-{job}",
        )
    if wanted is None or wanted == answered:
        return choices
    value: Any = read_range(wanted) if question.key == "pixel_range" else wanted
    return choices.model_copy(update={question.key: value})


def _answer_of(question: Question, choices: Choices) -> str:
    return str(getattr(choices, question.key) or "")


def _ask_guess(job: str, guess: Guess, choices: Choices) -> Choices:
    titles = {alternative.value: alternative.title for alternative in guess.alternatives}
    values = list(titles)
    wanted = st.selectbox(
        _LABELS[guess.key],
        values,
        values.index(guess.value) if guess.value in values else None,
        format_func=titles.__getitem__,
        key=f"guess-{guess.key}-{job}",
        help=escape(guess.sentence),
        width=320,
    )
    return choices if wanted in (None, guess.value) else choices.model_copy(update={guess.key: wanted})


def _ask_ink(job: str, reading: Reading, choices: Choices) -> Choices:
    is_ink = reading.becomes is not None and reading.becomes.ink
    wanted = st.toggle(
        "Pen and ink",
        is_ink,
        key=f"ink-{job}",
        help="Handwriting or drawings: photos of ink on paper will be inverted, cropped and centred like these.",
    )
    return choices if wanted == is_ink else choices.model_copy(update={"ink": "on" if wanted else "off"})


def _range_words(choices: Choices) -> str:
    return "" if choices.pixel_range is None else write_range(choices.pixel_range)
