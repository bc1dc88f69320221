"""The table of forms, in the order in which they are tried; a new one is a file in `sources` and a row here."""

from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.form import Form
from cnnapp.datasets.reading.result import Alternative, Guess, Reading
from cnnapp.datasets.reading.source import Source
from cnnapp.datasets.sources import (
    arrays,
    cifar,
    cifar_binary,
    folders,
    image_files,
    labelled,
    listed,
    parquet,
    pixel_tables,
    quickdraw,
    svhn,
)
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_image

_LISTS = image_files.form("lists", "folders of classes, splits in lists", listed.find, listed.lay_out)
_TABLES = image_files.form(labelled.NAME, labelled.TITLE, labelled.find, labelled.lay_out)
_FOLDERS = image_files.form("folders", "folders of images", lambda _source: True, folders.lay_out)

FORMS: tuple[Form, ...] = (
    quickdraw.FORM,  # before the arrays, which would refuse it
    arrays.NUMPY,
    cifar.FORM,
    cifar_binary.FORM,
    arrays.IDX_FILES,
    parquet.FORM,
    svhn.FORM,
    pixel_tables.FORM,
    _LISTS,
    _TABLES,
    _FOLDERS,
)
"""The last one takes whatever no other has found, and refuses in its own words."""


def find_form(source: Source, choices: Choices) -> Form:
    """Return the form that a person has chosen, else the first that finds itself in the source.

    Raises:
        CnnAppError: there is no form of the chosen name.
    """
    if choices.form:
        chosen = next((form for form in FORMS if form.name == choices.form), None)
        if chosen is None:
            raise CnnAppError(
                f"There is no form called {choices.form[:40]!r}: expected {', '.join(form.name for form in FORMS)}."
            )
        return chosen
    return next((form for form in FORMS if form.find(source)), FORMS[-1])


def with_forms(reading: Reading, source: Source) -> Reading:
    """Add to a reading what else the source may be read as, where there is a choice."""
    fitting = [form for form in FORMS if form.find(source)]
    if not any(is_called_image(entry.parts[-1]) for entry in source.entries):
        fitting = [form for form in fitting if form is not FORMS[-1]]  # it finds itself in everything
    if len(fitting) < 2:
        return reading
    guess = Guess(
        key="form",
        sentence=f"It may also be read as {' or '.join(form.title for form in fitting if form.name != reading.form)}.",
        value=reading.form,
        alternatives=tuple(Alternative(value=form.name, title=form.title) for form in fitting),
    )
    return reading.model_copy(update={"guesses": (guess, *reading.guesses)})
