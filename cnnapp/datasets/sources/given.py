"""What a person gives, in whatever form: its reading, and the draft of a data set that is made by the same reading."""

from contextlib import AbstractContextManager
from pathlib import Path

from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.reading import Choices, Reading, Source, open_source
from cnnapp.datasets.reading.names_told import name_notices, with_names
from cnnapp.datasets.sources.forms import find_form, with_forms


def read(path: Path, name: str, choices: Choices, workspace: Workspace) -> Reading:
    """Tell what the file or folder at `path`, called `name` by its owner, holds; nothing is stored.

    Raises:
        CnnAppError: it is nothing that can be imported; the sentence says what was expected.
    """
    with _opened(path, name, choices, workspace) as source:
        reading = find_form(source, choices).read(source, choices, workspace)
        return with_names(with_forms(reading, source), source)


def make(path: Path, title: str, choices: Choices, workspace: Workspace, *, name: str = "") -> Draft:
    """Make a draft of what `read` tells of the file or folder at `path`.

    Raises:
        CnnAppError: it is nothing that can be imported, or a question of its reading is open and has no default.
    """
    with _opened(path, name, choices, workspace) as source:
        draft = find_form(source, choices).make(source, title, choices, workspace)
        draft.notices[:0] = name_notices(source)
        return draft


def _opened(path: Path, name: str, choices: Choices, workspace: Workspace) -> AbstractContextManager[Source]:
    what = "Looking through the files"
    workspace.report(what, 0, 0)
    return open_source(path, name, choices.encoding, lambda done, total: workspace.report(what, done, total, "bytes"))
