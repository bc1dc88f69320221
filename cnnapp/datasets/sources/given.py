"""What a person gives, in whatever form: its reading, and the draft of a data set that is made by the same reading."""

from pathlib import Path

from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.reading import Choices, Reading, open_source
from cnnapp.datasets.reading.names_told import name_notices, with_names
from cnnapp.datasets.sources.forms import find_form


def read(path: Path, name: str, choices: Choices, workspace: Workspace) -> Reading:
    """Tell what the file or folder at `path`, called `name` by its owner, holds; nothing is stored.

    Raises:
        CnnAppError: it is nothing that can be imported; the sentence says what was expected.
    """
    workspace.report("Looking through the files", 0, 0)
    with open_source(path, name, choices.encoding) as source:
        return with_names(find_form(source, choices).read(source, choices, workspace), source)


def make(path: Path, title: str, choices: Choices, workspace: Workspace, *, name: str = "") -> Draft:
    """Make a draft of what `read` tells of the file or folder at `path`.

    Raises:
        CnnAppError: it is nothing that can be imported, or a question of its reading is open and has no default.
    """
    workspace.report("Looking through the files", 0, 0)
    with open_source(path, name, choices.encoding) as source:
        draft = find_form(source, choices).make(source, title, choices, workspace)
        draft.notices[:0] = name_notices(source)
        return draft
